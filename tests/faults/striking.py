"""Carries a plan out: all lanes at once, each fault with what it hit and how long everything took to recover."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from tests.faults.chance import chances
from tests.faults.direct import Away
from tests.faults.faults import Missed
from tests.faults.looks import Hit
from tests.faults.plan import Fault, Lane
from tests.faults.scene import Scene

FIRST_PAUSE_SECONDS = (2.0, 4.0)
"""Until there is a load to hit."""
_LONGEST_RECOVERY_SECONDS = 120.0
_TRIES = 3
"""How often a fault that must hit is tried before it counts as one that did not."""


@dataclass
class Done:
    """One fault that was carried out."""

    fault: Fault
    began: float
    """Seconds since the run's first fault."""
    lasted: float
    hit: Hit
    missed: str | None = None
    recovered: float | None = None
    """Seconds from the fault's end until everything that was under way then had arrived."""


class Striker:
    """Gives all lanes one clock and collects what they did."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.began = time.monotonic()
        self._recovering: list[asyncio.Task[None]] = []
        self.done: list[Done] = []

    async def carry_out(self, lanes: Sequence[Lane], *, seconds: float) -> None:
        """Strike until time is up and every fault has had its turn."""
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as tasks:
            for lane in lanes:
                tasks.create_task(self._follow(lane, until))

    @property
    def minutes(self) -> float:
        """Tell how long the run has lasted."""
        return (time.monotonic() - self.began) / 60

    @property
    def ended_at(self) -> float:
        """Tell when the last fault was over (monotonic seconds)."""
        return self.began + max((each.began + each.lasted for each in self.done), default=0.0)

    async def until_recovered(self) -> None:
        """Wait until it is known of every fault how long everything took to recover from it."""
        await asyncio.gather(*self._recovering)

    async def give_up(self) -> None:
        """Stop waiting for recoveries."""
        for task in self._recovering:
            task.cancel()
        await asyncio.gather(*self._recovering, return_exceptions=True)

    async def _follow(self, lane: Lane, until: float) -> None:
        random = chances(self._scene.seed, f"lane {lane.name}")
        await asyncio.sleep(random.uniform(*FIRST_PAUSE_SECONDS))
        for fault in lane.faults:
            for _ in range(_TRIES):
                if await self._strike(fault):
                    break
            await self._pause(lane, random)
        while lane.again and time.monotonic() < until:
            await self._strike(random.choice(lane.again))
            await self._pause(lane, random)

    async def _pause(self, lane: Lane, random: Random) -> None:
        await asyncio.sleep(random.uniform(*lane.pause))

    async def _strike(self, fault: Fault) -> bool:
        """Carry one out; tells whether it hit."""
        began = time.monotonic()
        done = Done(fault, began - self.began, 0.0, {})
        self.done.append(done)
        tries = sum(each.fault.name == fault.name for each in self.done)
        own = chances(self._scene.seed, f"try {tries} of {fault.name}")  # whatever came of any before
        try:
            done.hit = await fault.strike(self._scene, own)
        except Missed as missed:
            done.missed = str(missed)
        done.lasted = time.monotonic() - began
        if done.hit:
            self._recovering.append(asyncio.create_task(self._recover(done)))
        return bool(done.hit)

    async def _recover(self, done: Done) -> None:
        watch, over = self._scene.stack.watch, time.monotonic()
        refilled, again = done.fault.kind == "broker loses its disk", done.fault.kind == "replay from zero"
        while time.monotonic() < over + _LONGEST_RECOVERY_SECONDS:
            with suppress(Away):
                mark = await watch.mark()
                break
            await asyncio.sleep(0.2)
        while time.monotonic() < over + _LONGEST_RECOVERY_SECONDS:
            if await watch.has_passed(mark, refilled=refilled, again=again):
                done.recovered = time.monotonic() - over
                return
            await asyncio.sleep(0.2)
