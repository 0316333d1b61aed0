"""HR sits down to calibrate the grades of a frozen cycle."""

from collections.abc import Sequence
from uuid import UUID

from services.performance.domain.calibration.session import Session
from services.performance.domain.cycle import Cycle
from services.performance.usecases.calibration.reaches_all import reaches_all
from services.performance.usecases.calibration.session_desk import decider
from services.performance.usecases.calibration.session_sheet import SessionSheet, session_sheet
from services.performance.usecases.ports import UnitOfWork, Work
from shared.core.access import Grant
from shared.core.errors import Forbidden, Invalid, NotFound
from shared.core.periods import FOREVER, Period


async def open_session(
    work: Work, cycle_id: UUID, *, name: str, department_id: UUID | None, participants: Sequence[UUID], grant: Grant
) -> SessionSheet:
    """Open a session about a department with what is below it, or about the company.

    Raises NotFound, Forbidden (`not_permitted`), Invalid (`participant_unknown`), Conflict (`cycle_not_calibratable`).
    """
    async with work() as uow:
        await _refuse_beyond(uow, grant, department_id)
        cycle = await uow.cycles.get(cycle_id)
        await _refuse_missed(uow, cycle, grant, department_id)
        cycle.require_calibratable()
        await _refuse_unknown(uow, cycle, participants)
        now = uow.now()
        session = Session(
            id=uow.new_id(),
            cycle_id=cycle_id,
            name=name,
            department_id=department_id,
            participants=tuple(participants),
            state="open",
            opened_by=decider(grant.principal).account,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await uow.calibration_sessions.add(session)
        sheet = await session_sheet(uow, session, grant.principal)
        await uow.commit()
    return sheet


async def _refuse_beyond(uow: UnitOfWork, grant: Grant, department_id: UUID | None) -> None:
    """Refuse by today's departments, before anything is told of the cycle."""
    if department_id is None and not grant.reach.everything:
        raise Forbidden("not_permitted", "Only who reaches everybody calibrates the whole company.")
    if department_id is not None and not (await uow.org.tree()).within(grant.reach, department_id, uow.today()):
        raise NotFound.of("department")


async def _refuse_missed(uow: UnitOfWork, cycle: Cycle, grant: Grant, department_id: UUID | None) -> None:
    """Refuse a department that the cycle does not know, or of whose people in the cycle the caller misses some."""
    known = department_id is None or (await uow.org.tree_of(cycle)).get(department_id) is not None
    if not known or not await reaches_all(uow, cycle, department_id, grant.reach):
        raise NotFound.of("department")


async def _refuse_unknown(uow: UnitOfWork, cycle: Cycle, participants: Sequence[UUID]) -> None:
    """Refuse whom nobody knows, or who left before the cycle began."""
    since = Period(cycle.period.starts_on, FOREVER)
    found = await uow.org.employments(since, employee_ids=participants) if participants else ()
    known = {each.employee_id for each in found}
    for at, participant in enumerate(participants):
        if participant not in known:
            raise Invalid.at(f"/participants/{at}", "participant_unknown", "There is no such employee.")
