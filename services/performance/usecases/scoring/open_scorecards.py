"""Gives everybody who works in a cycle a scorecard of it."""

from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.assignment import Assignments, Member, Place, members_in
from services.performance.domain.scoring.scorecard import NOTHING, Scorecard, scorecard_id
from services.performance.usecases.ports import UnitOfWork


async def open_scorecards(uow: UnitOfWork, cycle: Cycle) -> None:
    """Add the scorecards that are missing, empty and provisional; those there already stay. Does not commit."""
    rulebook = await uow.inputs.rulebook(cycle.id)
    members = members_in(
        cycle.period,
        employments=await uow.org.employments(cycle.period),
        assignments=Assignments(rulebook.assignments, await uow.org.tree()),
        positions=cycle.terms.positions,
    )
    await uow.scorecards.open([_empty(uow, cycle, member) for member in members])


def _empty(uow: UnitOfWork, cycle: Cycle, member: Member) -> Scorecard:
    now = uow.now()
    return Scorecard(
        id=scorecard_id(uow.tenant_id, cycle_id=cycle.id, employee_id=member.employee_id),
        cycle_id=cycle.id,
        employee_id=member.employee_id,
        place=Place.of(member),
        status="provisional",
        sequence=0,
        result=NOTHING,
        input_hash="",
        scored_at=None,
        counted_until=None,
        created_at=now,
        updated_at=now,
    )
