"""What is asked of the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.gateway.domain.audit.chain import AuditChain, AuditEntry, Checkpoint, Sealed
from shared.core.paging import Page, PageRequest, Row


class AuditLog(Protocol):
    """One tenant's audit log."""

    async def add(self, entries: Sequence[AuditEntry]) -> None: ...

    async def chain(self) -> AuditChain:
        """Load and lock the end of the log."""
        ...

    async def save(self, chain: AuditChain, *, waiting: bool | None = None) -> None:
        """Save the end of the log, and where it is known, whether entries still wait to be sealed."""
        ...

    async def unsealed(self, *, limit: int) -> Sequence[AuditEntry]: ...

    async def place(self, places: Sequence[Sealed]) -> None: ...

    async def note(self, checkpoint: Checkpoint) -> None: ...

    async def signed_before(self, instant: datetime) -> int | None:
        """Give the last entry that was signed for before an instant."""
        ...

    async def remove(self, *, through: int) -> None:
        """Delete the beginning of the log, up to and with this entry."""
        ...


class Repositories(Protocol):
    @property
    def audit_log(self) -> AuditLog: ...


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of the audit log are wanted."""

    actor: str | None = None
    action: str | None = None
    outcome: str | None = None
    employee_id: UUID | None = None
    """Whom they are about."""
    occurred_after: datetime | None = None
    occurred_before: datetime | None = None


class Queries(Protocol):
    async def audit_events(self, page: PageRequest, wanted: AuditFilter) -> Page: ...

    async def audit_events_about(self, employee_id: UUID, page: PageRequest) -> Page: ...

    async def audit_events_refused(self, account_id: UUID, page: PageRequest) -> Page: ...

    async def audit_log(self) -> Row: ...
