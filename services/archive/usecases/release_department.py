"""Let a department go whose group a directory has removed: it stays as it is, with its people and its history."""

from dataclasses import replace
from uuid import UUID

from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import Work
from services.archive.usecases.references import department_looked_after
from shared.core.access import Reach
from shared.core.versions import require_version


async def release_department(work: Work, department_id: UUID, *, reach: Reach, expected: int) -> None:
    """Hide it from directories until one names it again. Raises NotFound, PreconditionFailed."""
    async with work() as uow:
        department = await department_looked_after(uow, department_id, reach)
        require_version(department.sequence, expected)
        released = replace(department.changed({"external_id": None}, at=uow.now()), released_at=uow.now())
        await uow.departments.save(released)
        uow.publish(department_changed(released))
        await uow.commit()
