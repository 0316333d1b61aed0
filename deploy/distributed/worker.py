"""The worker process of one service: its loops, and a port that tells how they are."""

import asyncio
from functools import partial
from importlib import import_module

from deploy.distributed.wired import wired
from deploy.standalone.process import keep_what_is_loaded, run_until_told
from deploy.standalone.server import Server
from shared.kit.http.health import worker_probes
from shared.kit.worker import Worker, once_ready


def run(service: str, *, host: str, port: int) -> None:
    run_until_told(partial(work, service, host, port))


async def work(service: str, host: str, port: int, stop: asyncio.Event) -> None:
    """Relay, consume and keep time until told to stop; what the service depends on may come later."""
    wiring = wired(service)
    loops = import_module(f"services.{service}.worker").build_loops(wiring)
    worker = Worker(once_ready(loops, wiring.database.ping))
    server = Server(worker_probes(worker, database=wiring.database, bus=wiring.bus), host=host, port=port)
    keep_what_is_loaded()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve_until(stop))
            tasks.create_task(worker.run(stop))
    finally:
        await wiring.database.close()
        await wiring.bus.close()
