"""Say who heads a department, and who acts in the head's place, over time."""

from collections.abc import Sequence
from uuid import UUID

from services.archive.domain.department import Department, Headship
from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import UnitOfWork, Work
from services.archive.usecases.references import reached_department, refuse_missing
from shared.core.access import Grant
from shared.core.errors import Conflict, Violation
from shared.core.periods import FOREVER
from shared.core.separation import refuse_own
from shared.core.versions import require_version


async def appoint_heads(
    work: Work, department_id: UUID, heads: Sequence[Headship], *, grant: Grant, expected: int | None
) -> Department:
    """Replace the department's whole timeline of heads.

    Raises NotFound (`not_found`, `reference_not_found`), Forbidden (`separation_of_duties`) where a headship of the
    caller would change, PreconditionFailed, Invalid (`heads_overlap`), Conflict (`head_leaves`).
    """
    async with work() as uow:
        department = await reached_department(uow, department_id, grant.reach)
        moved = set(department.heads) ^ set(heads)
        refuse_own(grant.principal.employee_id, *(head.employee_id for head in moved))
        require_version(department.sequence, expected)
        led = department.led_by(heads, at=uow.now())
        await _refuse_absent(uow, heads)
        await uow.departments.save(led)
        uow.publish(department_changed(led))
        await uow.commit()
    return led


async def _refuse_absent(uow: UnitOfWork, heads: Sequence[Headship]) -> None:
    """Refuse people who are not in the archive, and headships beyond the day somebody leaves."""
    leaving = await uow.employees.leaving_days([head.employee_id for head in heads])
    refuse_missing({f"/heads/{n}/employee_id": head.employee_id in leaving for n, head in enumerate(heads)})
    violations = [
        Violation(f"/heads/{n}/ends_on", "head_leaves", "This person will have left the company by then.")
        for n, head in enumerate(heads)
        if head.period.ends_on > (leaving[head.employee_id] or FOREVER)
    ]
    if violations:
        raise Conflict("head_leaves", "Nobody heads a department after leaving the company.", violations=violations)
