"""Keep the copy of the organisation, and release what waited for somebody in it."""

from collections.abc import Sequence

from services.connector.domain.identity import Reference
from services.connector.usecases.look_up_again import release_waiting
from services.connector.usecases.ports import Work
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged


async def keep_employees(work: Work, employees: Sequence[EmployeeChanged]) -> None:
    """Keep the newest documents; who has become known by id or work number releases what names them so.

    So does who gives a number up: somebody else may have it already, and of two nobody is meant.
    """
    async with work() as uow:
        await uow.identities.change()
        former = await uow.identities.work_numbers([employee.employee_id for employee in employees])
        references: set[Reference] = set()
        for employee in employees:
            if await uow.org.keep_employee(employee):
                numbers = {employee.work_number, former.get(employee.employee_id, employee.work_number)}
                references |= {Reference("employee_ref", number) for number in numbers}
                references.add(Reference("employee_id", str(employee.employee_id)))
        await release_waiting(uow, references)
        await uow.commit()


async def keep_departments(work: Work, departments: Sequence[DepartmentChanged]) -> None:
    """Keep the newest documents; a department that has become known releases what names it."""
    async with work() as uow:
        await uow.identities.change()
        references: set[Reference] = set()
        for department in departments:
            if await uow.org.keep_department(department):
                references.add(Reference("department_code", department.code))
                references.add(Reference("department_id", str(department.department_id)))
        await release_waiting(uow, references)
        await uow.commit()
