"""Ask for an item not to apply to somebody, or to apply again, and approve it."""

from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.applicability import Applicability
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.separation import refuse_own
from shared.core.versions import require_version


@dataclass(frozen=True, slots=True)
class Asked:
    scorecard_id: UUID
    item: str
    applicable: bool
    reason: str


async def propose_applicability(work: Work, asked: Asked, *, grant: Grant, expected: int | None) -> Applicability:
    """Ask for it; nothing changes before somebody else approves. What waits can be taken back of an item that is gone.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Conflict (`cycle_not_plannable`).
    """
    async with work() as uow:
        _, card = await _desk(uow, asked.scorecard_id, grant)
        known = await uow.applicabilities.find(scorecard_id=asked.scorecard_id, item=asked.item)
        before = known or Applicability.untouched(asked.scorecard_id, asked.item, at=uow.now())
        if not before.waits or asked.applicable != before.applicable:
            card.require_item(asked.item)
        require_version(before.sequence, expected)
        by = grant.principal.subject
        proposed = before.asked(applicable=asked.applicable, reason=asked.reason, by=by, at=uow.now())
        await (uow.applicabilities.save(proposed) if known else uow.applicabilities.add(proposed))
        await uow.commit()
    return proposed


async def approve_applicability(
    work: Work, scorecard_id: UUID, item: str, *, grant: Grant, expected: int | None
) -> Applicability:
    """Let hold what was asked for, and rescore the person.

    Raises NotFound, Forbidden (`separation_of_duties`), PreconditionFailed, Conflict (`nothing_to_approve`,
    `cycle_not_plannable`).
    """
    async with work() as uow:
        cycle, card = await _desk(uow, scorecard_id, grant)
        card.require_item(item)
        known = await uow.applicabilities.find(scorecard_id=scorecard_id, item=item)
        known = known or Applicability.untouched(scorecard_id, item, at=uow.now())
        require_version(known.sequence, expected)
        approved = known.approved(by=grant.principal.subject, at=uow.now())
        await uow.applicabilities.save(approved)
        cause = Cause(kind="applicability", reference=str(scorecard_id))
        await rescore(uow, cycle.id, cause=cause, employee_ids=[card.employee_id], held=cycle)
        await uow.commit()
    return approved


async def _desk(uow: UnitOfWork, scorecard_id: UUID, grant: Grant) -> tuple[Cycle, Scorecard]:
    """Lock the cycle, then the scorecard, for somebody within whose reach it is and whose own it is not."""
    cycle = await uow.cycles.get((await uow.scorecards.read(scorecard_id)).cycle_id)
    card = await uow.scorecards.get(scorecard_id)
    card.refuse_beyond(grant.reach, tree=await uow.org.tree(), day=uow.today())
    refuse_own(grant.principal.employee_id, card.employee_id)
    cycle.require_plannable()
    return cycle, card
