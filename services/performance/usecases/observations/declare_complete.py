"""Notes through which day sources are complete, so that nothing is told from not yet."""

from collections.abc import Sequence

from services.performance.domain.cycle import Cycle
from services.performance.domain.observations.completeness import Advance
from services.performance.usecases.observations.people_waiting import people_waiting
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.revisions.propose_revisions import propose_revisions
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.observations import CompletenessDeclared
from shared.contracts.scores import Cause


async def declare_complete(work: Work, declared: Sequence[CompletenessDeclared]) -> None:
    """Move watermarks, never backwards, and rescore the running cycles where a metric waited for them.

    Frozen and published scores keep what was declared before, and to published ones a revision is proposed.
    """
    async with work() as uow:
        cycles = await uow.inputs.every_cycle()  # held, so that what a freeze has not seen is declared after it
        advances = await uow.observations.declare_complete(declared, at=uow.now())
        metrics = (await uow.metrics.by_key()).values()
        measures = {each.measure for each in advances}
        for cycle in cycles if any(measures & metric.measures for metric in metrics) else ():
            await _follow(uow, cycle, advances)
        await uow.commit()


async def _follow(uow: UnitOfWork, cycle: Cycle, advances: Sequence[Advance]) -> None:
    if not cycle.is_closed:
        await rescore(uow, cycle.id, cause=Cause(kind="observations"), held=cycle)
    elif cycle.phase == "published":
        await propose_revisions(uow, cycle, await people_waiting(uow, cycle, advances))
