"""Found a department, at the top or below another."""

from uuid import UUID

from services.archive.domain.department import Department
from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import Work


async def create_department(work: Work, *, code: str, name: str, parent_id: UUID | None) -> Department:
    """Raise NotFound for an unknown parent, Conflict (`already_exists`) for a code in use."""
    async with work() as uow:
        if parent_id is not None:
            await uow.departments.get(parent_id)
        now = uow.now()
        department = Department(
            id=uow.new_id(), code=code, name=name, parent_id=parent_id, sequence=1, created_at=now, updated_at=now
        )
        await uow.departments.add(department)
        uow.publish(department_changed(department))
        await uow.commit()
    return department
