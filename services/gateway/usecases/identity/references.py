"""References of an account to the organisation, checked against the gateway's copy of it."""

from collections.abc import Sequence
from uuid import UUID

from services.gateway.usecases.ports import UnitOfWork
from shared.core.errors import NotFound, Violation


async def find_employee(uow: UnitOfWork, *, employee_id: UUID | None, work_number: str | None) -> UUID | None:
    """Resolve an employee by id or work number; None where neither is given.

    Raises NotFound (`employee_unknown`); somebody hired a moment ago may take a second to be known here.
    """
    if employee_id is None and work_number is None:
        return None
    wanted = {"work_number": work_number} if employee_id is None else {"id": employee_id}
    employee = await uow.org.find_employee(**wanted)
    if employee is None or employee.deleted:
        place = "/work_number" if employee_id is None else "/employee_id"
        detail = "There is no such employee; one who was just added is known here in a moment."
        raise NotFound("employee_unknown", detail, violations=[Violation(place, "employee_unknown", detail)])
    return employee.id


async def require_departments(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Raise NotFound (`department_unknown`) with the place of every id that is no department."""
    missing = await uow.org.missing_departments(ids)
    if missing:
        detail = "There is no such department; one that was just added is known here in a moment."
        places = [place for place, department in enumerate(ids) if department in missing]
        violations = [Violation(f"/hr_departments/{place}", "department_unknown", detail) for place in places]
        raise NotFound("department_unknown", detail, violations=violations)
