"""What is done to processes: killed and stopped, at random and at named points, with something in their hands."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from random import Random

import psutil

from tests.faults.looks import Hit, in_hand_of
from tests.faults.points import Fired, Order, Point
from tests.faults.scene import Scene

PATIENCE_SECONDS = 60.0
"""How long a fault waits for something to be in flight."""
CHOOSY_SECONDS = 10.0
"""How long a point waits for as much in hand as it would like."""
_LOOK_AGAIN = (0.05, 0.3)
PAUSE_SECONDS = (1.0, 4.0)
"""How long a stopped process stays stopped."""
LONG_PAUSE_SECONDS = 18.0
"""Longer than a group waits for a member: others have taken over when it wakes up."""


class Missed(Exception):
    """Nothing was in flight for as long as the fault waited for it."""


Strike = Callable[[Scene, Random], Awaitable[Hit]]
"""Does it, and gives what it hit once whatever it broke has been let back. Raises Missed."""


async def kill(scene: Scene, random: Random, *, name: str) -> Hit:
    """End a process at once, and wait until it has been started again."""
    async with scene.stack.herd.turns[name]:
        process, hit = await _caught(scene, random, name)
        process.kill()
        await asyncio.to_thread(process.wait)
        await _started_again(scene, name, before=process.pid)
    return hit


async def stop(scene: Scene, random: Random, *, name: str) -> Hit:
    """Let a process stand still for some seconds."""
    pause = random.uniform(*PAUSE_SECONDS)
    async with scene.stack.herd.turns[name]:
        process, hit = await _caught(scene, random, name)
        await asyncio.sleep(pause)
        _resume(process)
    return hit


async def strike_at_point(
    scene: Scene, random: Random, *, service: str, point: Point, order: Order, pause: float | None = None
) -> Hit:
    """Let whichever process of a service comes by a point next end or stop there."""
    fired = await fired_at(scene, service, point, order)
    name = scene.stack.herd.name_of(fired.pid)
    if order.ending == "SIGSTOP":
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS) if pause is None else pause)
        with suppress(psutil.NoSuchProcess):
            _resume(psutil.Process(fired.pid))
    elif name is not None:
        await _started_again(scene, name, before=fired.pid)
    return {"in hand": fired.in_hand}


async def fired_at(scene: Scene, service: str, point: Point, order: Order) -> Fired:
    """Arm a point and wait until somebody has obeyed; after a while one message in hand will do. Raises Missed."""
    orders = scene.stack.orders
    async with orders.turn(service, point):
        before = len(orders.fired())
        for wanted, seconds in ((order, CHOOSY_SECONDS), (replace(order, least=1), PATIENCE_SECONDS)):
            orders.arm(service, point, wanted)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline or not orders.disarm(service, point):
                mine = [fired for fired in orders.fired()[before:] if (fired.service, fired.point) == (service, point)]
                if mine:
                    return mine[0]
                if time.monotonic() > deadline + PATIENCE_SECONDS:
                    break  # whoever took it was killed before it could obey
                await asyncio.sleep(0.05)
    raise Missed(f"{service} did not come by {point}")


async def _caught(scene: Scene, random: Random, name: str) -> tuple[psutil.Process, Hit]:
    """Stop a process again and again until it has something in hand; it is stopped then. Raises Missed."""
    program = scene.stack.herd.named(name)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        process = scene.stack.herd.process(name)
        if process is not None and process.status() != psutil.STATUS_STOPPED:
            stopped_at = time.monotonic()
            process.suspend()
            hit = await in_hand_of(scene, program, process, stopped_at=stopped_at)
            if hit:
                return process, hit
            _resume(process)
        await asyncio.sleep(random.uniform(*_LOOK_AGAIN))
    raise Missed(f"{name} had nothing in hand")


async def _started_again(scene: Scene, name: str, *, before: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (process := scene.stack.herd.process(name)) is None or process.pid == before:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} was not started again")
        await asyncio.sleep(0.05)
    await scene.stack.until_alive(name)


def _resume(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        os.kill(process.pid, signal.SIGCONT)
