"""What a request refers to: found within the caller's reach, or refused with its place before anything is written."""

from collections.abc import Mapping
from uuid import UUID

from services.archive.domain.department import Department
from services.archive.domain.employee import Employee
from services.archive.usecases.ports import UnitOfWork
from shared.core.access import Grant, Reach
from shared.core.errors import NotFound, Violation
from shared.core.separation import refuse_own


def refuse_missing(found: Mapping[str, bool]) -> None:
    """Raise NotFound (`reference_not_found`) at each pointer under which nothing was found."""
    detail = "There is nothing with this id."
    violations = [Violation(pointer, "reference_not_found", detail) for pointer, there in found.items() if not there]
    if violations:
        raise NotFound("reference_not_found", detail, violations=violations)


async def position_name(
    uow: UnitOfWork, *, department_id: UUID, position_id: UUID, manager_id: UUID | None, reach: Reach, at: str = ""
) -> str:
    """Refuse an employment whose references lead nowhere or out of the caller's reach; give its position's name.

    Raises NotFound (`reference_not_found`) with pointers below `at`.
    """
    departments = await uow.departments.reached([department_id], reach, today=uow.today())
    names = await uow.positions.names([position_id])
    managers = await uow.employees.leaving_days([manager_id] if manager_id else [])
    refuse_missing(
        {
            f"{at}/department_id": department_id in departments,
            f"{at}/position_id": position_id in names,
            f"{at}/manager_id": manager_id is None or manager_id in managers,
        }
    )
    return names[position_id]


async def require_reach(uow: UnitOfWork, employee_id: UUID, reach: Reach, *, noun: str = "employee") -> None:
    """Raise NotFound of `noun` unless the caller reaches the employee whom it is about."""
    if employee_id not in await uow.employees.reached([employee_id], reach, today=uow.today()):
        raise NotFound.of(noun)


async def employee_in_hand(uow: UnitOfWork, employee_id: UUID, grant: Grant) -> Employee:
    """Load and lock somebody about whom the caller may decide. Raises NotFound, Forbidden (`separation_of_duties`)."""
    await require_reach(uow, employee_id, grant.reach)
    refuse_own(grant.principal.employee_id, employee_id)
    return await uow.employees.get(employee_id)


async def reached_department(uow: UnitOfWork, department_id: UUID, reach: Reach) -> Department:
    """Load and lock a department within reach. Raises NotFound."""
    if department_id not in await uow.departments.reached([department_id], reach, today=uow.today()):
        raise NotFound.of("department")
    return await uow.departments.get(department_id)


async def employee_looked_after(uow: UnitOfWork, employee_id: UUID, grant: Grant) -> Employee:
    """Do the same for a directory, which does not see whom it has let go."""
    employee = await employee_in_hand(uow, employee_id, grant)
    if employee.released_at is not None:
        raise NotFound.of("user")
    return employee


async def department_looked_after(uow: UnitOfWork, department_id: UUID, reach: Reach) -> Department:
    """Load and lock a department that a directory sees. Raises NotFound."""
    department = await reached_department(uow, department_id, reach)
    if department.released_at is not None:
        raise NotFound.of("group")
    return department
