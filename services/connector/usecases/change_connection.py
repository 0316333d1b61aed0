"""Rename a connection, or be more or less patient with its silence."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.connector.domain.connection import Connection
from services.connector.usecases.announce import connection_changed
from services.connector.usecases.ports import Work
from shared.core.versions import require_version


async def change_connection(
    work: Work, connection_id: UUID, changes: Mapping[str, Any], *, expected: int | None
) -> Connection:
    """Apply a merge patch of `name`, `stale_after_hours`. Raises NotFound, PreconditionFailed."""
    async with work() as uow:
        connection = await uow.connections.get(connection_id)
        require_version(connection.sequence, expected)
        changed = connection.changed(
            name=changes.get("name", connection.name),
            stale_after_hours=changes.get("stale_after_hours", connection.stale_after_hours),
            at=uow.now(),
        )
        await uow.connections.save(changed)
        uow.publish(connection_changed(changed))
        await uow.commit()
    return changed
