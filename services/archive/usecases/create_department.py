"""Found a department, at the top or below another."""

from uuid import UUID

from services.archive.domain.department import Department
from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import refuse_missing
from shared.core.access import Reach


async def create_department(work: Work, *, code: str, name: str, parent_id: UUID | None, reach: Reach) -> Department:
    """Raise NotFound (`reference_not_found`) for an unknown parent, Conflict (`already_exists`) for a code in use."""
    async with work() as uow:
        parents = await uow.departments.reached([parent_id] if parent_id else [], reach, today=uow.today())
        refuse_missing({"/parent_id": parent_id in parents if parent_id else reach.everything})
        now = uow.now()
        department = Department(
            id=uow.new_id(), code=code, name=name, parent_id=parent_id, sequence=1, created_at=now, updated_at=now
        )
        await uow.departments.add(department)
        uow.publish(department_changed(department))
        await uow.commit()
    return department
