"""One run from the first process to the verdict."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.checker import Violation
from tests.faults.outcome import DRAIN_SECONDS, Outcome, judge
from tests.faults.plan import Lane
from tests.faults.scene import Scene, Size, setting
from tests.faults.striking import Striker

_LONGEST_DRAIN_SECONDS = 4 * DRAIN_SECONDS
"""How long a run waits to be able to say how long it took."""


async def run(
    seed: str, lanes: Sequence[Lane], *, seconds: float, folder: Path, libraries: Path, size: Size
) -> Outcome:
    """Set the scene in `folder`, strike for `seconds` at least, let everything drain, and judge."""
    async with setting(seed, folder, libraries=libraries, size=size) as scene:
        scene.load.start()
        striker = Striker(scene)
        closing = asyncio.create_task(_close_in_the_middle(scene, seconds / 2))
        try:
            await striker.carry_out(lanes, seconds=seconds)
            await closing
        finally:
            closing.cancel()
        scene.receiver.calm = True
        broken = await _end_load(scene)
        drained = await _drain(scene, striker)
        await striker.until_recovered()
        outcome = await judge(scene, striker, lanes, drained=drained)
        return outcome if broken is None else _with(outcome, broken)


async def _close_in_the_middle(scene: Scene, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await scene.load.close_the_earlier_cycle()


async def _end_load(scene: Scene) -> str | None:
    """Let every call be answered; gives what broke the load, if anything did."""
    try:
        await scene.load.stop(seconds=DRAIN_SECONDS)
    except Exception as error:  # noqa: BLE001 -- whatever it was, it is the run's verdict and not its end
        return f"{type(error).__name__}: {error}"
    return None


async def _drain(scene: Scene, striker: Striker) -> float | None:
    """Give the seconds from the last fault until nothing was under way any more."""
    while time.monotonic() < striker.ended_at + _LONGEST_DRAIN_SECONDS:
        if await scene.stack.watch.is_drained():
            return time.monotonic() - striker.ended_at
        await asyncio.sleep(0.2)
    return None


def _with(outcome: Outcome, broken: str) -> Outcome:
    violations = [Violation("refused", broken), *outcome.violations]
    return Outcome(
        outcome.seed, outcome.minutes, outcome.done, outcome.totals, violations, outcome.vacuous, outcome.told
    )
