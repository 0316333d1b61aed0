"""A worker process that begins an operation, says so, and hangs in the middle of it until somebody kills it."""

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any

from services.performance.config import Settings
from services.performance.usecases.simulations.run_simulation import SIMULATION, run_simulation
from services.performance.wiring import wire
from shared.core.operation import Operation, Step
from shared.kit.operations.lease import Leases
from shared.kit.operations.runner import Runner


class Hanging:
    """Goes as far as the last step and no further; the lease is held all the while."""

    def __init__(self, step: Step) -> None:
        self._step = step

    async def reached(self, done: int, *, total: int) -> None:
        await self._step.reached(done, total=total)
        if done == total:
            sys.stdout.write("in the middle\n")
            sys.stdout.flush()
            await asyncio.Event().wait()

    async def succeeded(self, unit: Any, *, result: str) -> None:
        await self._step.succeeded(unit, result=result)


async def main(settings: str, lease: str) -> None:
    wiring = wire(Settings.model_validate(json.loads(settings)))

    async def hang(operation: Operation, work: Any, step: Step) -> None:
        await run_simulation(operation, work, Hanging(step))

    leases = Leases(wiring.database, lease=timedelta(seconds=float(lease)))
    await Runner(wiring.works, {SIMULATION: hang}, leases=leases).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
