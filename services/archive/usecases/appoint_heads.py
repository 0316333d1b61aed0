"""Say who heads a department, and who acts in the head's place, over time."""

from collections.abc import Sequence
from uuid import UUID

from services.archive.domain.department import Department, Headship
from services.archive.usecases.announce import department_changed
from services.archive.usecases.ports import Work
from shared.core.versions import require_version


async def appoint_heads(
    work: Work, department_id: UUID, heads: Sequence[Headship], *, expected: int | None
) -> Department:
    """Replace the department's whole timeline of heads.

    Raises NotFound (department or employee), PreconditionFailed, Invalid (`heads_overlap`).
    """
    async with work() as uow:
        department = await uow.departments.get(department_id)
        require_version(department.sequence, expected)
        led = department.led_by(heads, at=uow.now())
        await uow.departments.save(led)
        uow.publish(department_changed(led))
        await uow.commit()
    return led
