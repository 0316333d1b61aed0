"""Change a position; people who hold it are told again where its name changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.archive.domain.position import Position
from services.archive.usecases.announce import employee_changed, position_changed
from services.archive.usecases.ports import UnitOfWork, Work
from shared.core.versions import require_version


async def change_position(
    work: Work, position_id: UUID, changes: Mapping[str, Any], *, expected: int | None
) -> Position:
    """Apply a merge patch of `code`, `name`, `competencies`.

    Raises NotFound, PreconditionFailed, Conflict (`already_exists`).
    """
    async with work() as uow:
        position = await uow.positions.get(position_id)
        require_version(position.sequence, expected)
        changed = position.changed(changes, at=uow.now())
        await uow.positions.save(changed)
        uow.publish(position_changed(changed))
        if changed.name != position.name:
            await _announce_holders(uow, position_id)
        await uow.commit()
    return changed


async def _announce_holders(uow: UnitOfWork, position_id: UUID) -> None:
    """Employees' documents carry their positions' names, so they become new versions."""
    now = uow.now()
    holders = [holder.changed({}, at=now) for holder in await uow.employees.in_position(position_id)]
    await uow.employees.save_versions(holders)
    for holder in holders:
        uow.publish(employee_changed(holder))
