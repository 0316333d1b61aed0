"""One run from the first process to the verdict."""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.client import Refuted
from tests.faults.outcome import DRAIN_SECONDS, Outcome, judge, refuted
from tests.faults.plan import Lane
from tests.faults.scene import Scene, Size, setting
from tests.faults.striking import Striker

_LONGEST_DRAIN_SECONDS = 4 * DRAIN_SECONDS
"""How long a run waits to be able to say how long it took."""


async def run(
    seed: str, lanes: Sequence[Lane], *, seconds: float, folder: Path, libraries: Path, size: Size
) -> Outcome:
    """Set the scene in `folder`, strike for `seconds` at least, let everything drain, and judge."""
    with _quiet("aiokafka"):
        async with setting(seed, folder, libraries=libraries, size=size) as scene:
            return await _play(scene, lanes, seconds)


@contextmanager
def _quiet(library: str) -> Iterator[None]:
    """Let a library keep its complaints about the network to itself: it is bad on purpose."""
    logger = logging.getLogger(library)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


async def _play(scene: Scene, lanes: Sequence[Lane], seconds: float) -> Outcome:
    """Hurt and judge; what no run can come back from ends it at once and is its verdict."""
    striker = Striker(scene)
    scene.load.start()
    try:
        await _hurt(scene, striker, lanes, seconds)
        await scene.load.stop(seconds=DRAIN_SECONDS)
        drained = await _drain(scene, striker)
        await striker.until_recovered()
    except (Refuted, ExceptionGroup) as error:
        return refuted(scene, striker, _refutations(error))
    finally:
        await scene.load.abandon()
        await striker.give_up()
    return await judge(scene, striker, lanes, drained=drained)


async def _hurt(scene: Scene, striker: Striker, lanes: Sequence[Lane], seconds: float) -> None:
    """Strike in all lanes, and let the earlier cycle be closed meanwhile; an error of the load ends it all."""
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(scene.load.until_broken())
        closing = tasks.create_task(_close_in_the_middle(scene, seconds / 2))
        await striker.carry_out(lanes, seconds=seconds)
        await closing
        watching.cancel()
    scene.receiver.calm = True


def _refutations(error: Exception) -> list[str]:
    """Give what was refuted; raises again what is another matter."""
    if isinstance(error, ExceptionGroup):
        found = error.subgroup(Refuted)
        if found is None:
            raise error
        return [line for each in found.exceptions for line in _refutations(each)]
    return [f"{type(error).__name__}: {error}"]


async def _close_in_the_middle(scene: Scene, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await scene.load.close_the_earlier_cycle()


async def _drain(scene: Scene, striker: Striker) -> float | None:
    """Give the seconds from the last fault until nothing was under way any more."""
    while time.monotonic() < striker.ended_at + _LONGEST_DRAIN_SECONDS:
        if await scene.stack.watch.is_drained():
            return time.monotonic() - striker.ended_at
        await asyncio.sleep(0.2)
    return None
