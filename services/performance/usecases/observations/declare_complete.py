"""Notes through which day sources are complete, so that nothing is told from not yet."""

from collections.abc import Sequence

from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.observations import CompletenessDeclared
from shared.contracts.scores import Cause


async def declare_complete(work: Work, declared: Sequence[CompletenessDeclared]) -> None:
    """Move watermarks, never backwards, and rescore the running cycles where a metric waited for them."""
    async with work() as uow:
        moved = set(await uow.observations.declare_complete(declared, at=uow.now()))
        metrics = (await uow.metrics.by_key()).values()
        if any(moved & metric.measures for metric in metrics):
            for cycle in await uow.inputs.running_cycles():
                await rescore(uow, cycle.id, cause=Cause(kind="observations"))
        await uow.commit()
