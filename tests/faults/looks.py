"""Looks at what is in flight: a fault that hits nothing proves nothing."""

from collections.abc import Mapping
from contextlib import suppress

import psutil

from tests.faults.direct import Away
from tests.faults.herd import Program
from tests.faults.scene import Scene

Hit = dict[str, int]
"""What a fault struck, by kind; kinds of which there was nothing are left out."""


async def in_hand_of(scene: Scene, program: Program, process: psutil.Process, *, stopped_at: float) -> Hit:
    """Look at a stopped process: its own open transactions, and requests or events that wait for it.

    Gives nothing where PostgreSQL does not answer.
    """
    try:
        transactions = await scene.stack.direct.transactions(await _server_ports(scene, process))
        if program.kind == "app":
            return seen(transactions=transactions, requests=scene.traffic.waiting(program.service, since=stopped_at))
        outboxes = await scene.stack.direct.outbox()
        leased = (await scene.stack.direct.deliveries()).get("leased", 0) if program.service == "notifier" else 0
    except Away:
        return {}
    return seen(
        transactions=transactions,
        unpublished=outboxes[program.service].waiting,
        unconsumed=scene.stack.watch.lag(program.service),
        leased=leased,
    )


async def _server_ports(scene: Scene, process: psutil.Process) -> list[int]:
    """Find by which ports PostgreSQL knows the connections of a process, which come through the proxy."""
    pairs: Mapping[int, int] = await scene.stack.proxies.pairs("postgres")
    with suppress(psutil.Error):
        mine = {connection.laddr.port for connection in process.net_connections("tcp")}
        return [server for client, server in pairs.items() if client in mine]
    return []


def seen(**counts: int) -> Hit:
    """Keep what there is any of."""
    return {kind: count for kind, count in counts.items() if count}


def describe(hit: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in hit.items())
