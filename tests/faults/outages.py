"""What is done to what the services stand on: broker and database away, frozen, emptied; the network cut and slow."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random

import psutil

from tests.faults.direct import Away
from tests.faults.faults import PATIENCE_SECONDS, PAUSE_SECONDS, Missed
from tests.faults.looks import Hit, seen
from tests.faults.proxy import Mode, Terms
from tests.faults.scene import Scene
from tests.faults.watch import unpublished

_LOOK_AGAIN_SECONDS = 0.1
_SLOW = Terms("slow", latency=0.03, bytes_per_second=500_000)
GOOD = Terms()


async def stop_broker(scene: Scene, random: Random) -> Hit:
    """Let the broker shut down in order, and come back after some seconds."""
    return await _without_broker(scene, random, scene.stack.kafka.stop)


async def kill_broker(scene: Scene, random: Random) -> Hit:
    return await _without_broker(scene, random, scene.stack.kafka.kill)


async def wipe_broker(scene: Scene, random: Random) -> Hit:
    """Kill the broker and lose its disk; it comes back empty, as another cluster."""

    def lose() -> None:
        scene.stack.kafka.kill()
        scene.stack.kafka.wipe()

    async with scene.disk:
        held = sum(scene.stack.watch.ends.values())
        hit = await _without_broker(scene, random, lose)
    return {**hit, **seen(lost_messages=held)}


async def freeze_broker(scene: Scene, random: Random) -> Hit:
    """Let the broker stand still, its connections open."""
    broker = scene.stack.kafka.running()
    if broker is None:
        raise Missed("there is no broker to freeze")
    broker.suspend()
    try:
        hit = await _piling_up(scene)
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
    finally:
        broker.resume()
    return hit


async def stop_postgres(scene: Scene, random: Random) -> Hit:
    """Let PostgreSQL shut down in order, without waiting for anybody, and come back."""
    return await _without_postgres(scene, random, lambda _: scene.stack.postgres.stop())


async def drop_postgres(scene: Scene, random: Random) -> Hit:
    """Let PostgreSQL drop everything at once, as an immediate shutdown does, and recover at its next start."""
    return await _without_postgres(scene, random, lambda server: server.send_signal(signal.SIGQUIT))


async def kill_postgres(scene: Scene, random: Random) -> Hit:
    return await _without_postgres(scene, random, psutil.Process.kill)


async def freeze_postgres(scene: Scene, random: Random) -> Hit:
    """Let PostgreSQL and all its sessions stand still."""
    async with _mid_transaction(scene, random) as (server, hit):
        frozen = [server, *server.children()]
        for process in frozen:
            process.suspend()
    try:
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
    finally:
        for process in frozen:
            if process.is_running():
                process.resume()
    return hit


async def break_network(scene: Scene, random: Random, *, towards: str, mode: Mode) -> Hit:
    """Cut the way to PostgreSQL or Kafka, or leave it half open, for some seconds."""
    proxies = scene.stack.proxies
    hit = await _broken(scene, towards, Terms(mode))
    try:
        piled = await _piling_up(scene) if towards == "kafka" else {}
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
    finally:
        await proxies.switch(towards, GOOD)
    return {**hit, **piled}


async def _broken(scene: Scene, towards: str, terms: Terms) -> Hit:
    """Break it at a moment when requests are on their way. Raises Missed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        before = await scene.stack.proxies.switch(towards, terms)
        if before.waiting:
            return {"requests": before.waiting}
        await scene.stack.proxies.switch(towards, GOOD)
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    raise Missed(f"no request was on its way to {towards}")


async def slow_network(scene: Scene, random: Random, *, towards: str) -> Hit:
    proxies = scene.stack.proxies
    before = await proxies.switch(towards, _SLOW)
    try:
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS) + 1)
    finally:
        after = await proxies.switch(towards, GOOD)
    return seen(delayed_bytes=after.delayed - before.delayed)


async def _without_broker(scene: Scene, random: Random, end: Callable[[], object]) -> Hit:
    """End the broker while rows wait for it, and bring it back."""
    await scene.stack.proxies.switch("kafka", Terms("stall"))
    try:
        hit = await _piling_up(scene)
        await asyncio.to_thread(end)
    finally:
        await scene.stack.proxies.switch("kafka", GOOD)
    await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
    await scene.stack.restart_kafka()
    return hit


async def _piling_up(scene: Scene) -> Hit:
    """Wait until committed rows cannot get to the broker. Raises Missed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (waiting := await unpublished(scene.stack.direct)):
        if time.monotonic() > deadline:
            raise Missed("no row was waiting to be published")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return {"unpublished": waiting}


async def _without_postgres(scene: Scene, random: Random, end: Callable[[psutil.Process], object]) -> Hit:
    async with _mid_transaction(scene, random) as (server, hit):
        await asyncio.to_thread(end, server)
        await asyncio.to_thread(psutil.wait_procs, [server], 30)
    await asyncio.sleep(random.uniform(0, 1.5))
    await scene.stack.restart_postgres()
    return hit


@asynccontextmanager
async def _mid_transaction(scene: Scene, random: Random) -> AsyncIterator[tuple[psutil.Process, Hit]]:
    """Hold the network while transactions are open, so that what happens inside the block hits them. Raises Missed."""
    proxies, deadline = scene.stack.proxies, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        await proxies.switch("postgres", Terms("stall"))
        try:
            server = scene.stack.postgres.running()
            hit = seen(transactions=await _open_transactions(scene.stack.direct.transactions))
            if server is not None and hit:
                yield server, hit
                return
        finally:
            await proxies.switch("postgres", GOOD)
        await asyncio.sleep(random.uniform(0, _LOOK_AGAIN_SECONDS))
    raise Missed("no transaction was open")


async def _open_transactions(look: Callable[[], Awaitable[int]]) -> int:
    try:
        return await look()
    except Away:
        return 0
