"""Connections: the configured business systems of a tenant, and how long each may stay silent."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.core.errors import Conflict
from shared.core.ids import derived_id

ConnectionKind = Literal["push", "built_in"]
ARCHIVE = "archive"
"""Key of the built-in connection that turns the archive's measurable records into observations."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One business system; its `key` is the `source` of what it sends."""

    id: UUID
    key: str
    name: str
    created_at: datetime
    updated_at: datetime
    kind: ConnectionKind = "push"
    stale_after_hours: int | None = None
    """Silence longer than this is announced; None expects nothing."""
    last_received_at: datetime | None = None
    """To the minute, so that a stream of requests does not queue up for one row."""
    stale_since: datetime | None = None
    sequence: int = 1

    def changed(self, *, name: str, stale_after_hours: int | None, at: datetime) -> "Connection":
        """Give the connection another name or another patience."""
        return replace(self, name=name, stale_after_hours=stale_after_hours, sequence=self.sequence + 1, updated_at=at)

    def refuse_outsiders(self) -> None:
        """Raise Conflict (`connection_built_in`) where only the system itself may write."""
        if self.kind == "built_in":
            raise Conflict("connection_built_in", "This connection is fed by the system itself.")

    def stale(self, at: datetime) -> "Connection":
        """Note that the silence is announced; the next message ends it."""
        return replace(self, stale_since=at)


def refuse_reserved(key: str) -> None:
    """Raise Conflict (`connection_built_in`) for a key the system keeps for itself."""
    if key == ARCHIVE:
        raise Conflict("connection_built_in", "This key belongs to a connection of the system itself.")


def archive_connection(tenant_id: UUID, *, at: datetime) -> Connection:
    """Give the built-in connection, the same one whenever it is made."""
    connection_id = derived_id(tenant_id, ARCHIVE)
    return Connection(id=connection_id, key=ARCHIVE, name="Archive", kind="built_in", created_at=at, updated_at=at)
