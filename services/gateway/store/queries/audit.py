"""What routes and exports read of the audit log."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, select

from services.gateway.domain.audit.chain import LEAST_DAYS
from services.gateway.domain.audit.verification import line_of
from services.gateway.store.repositories.audit_log import entry_of
from services.gateway.store.tables.audit import audit_chains, audit_events, audit_subjects
from services.gateway.usecases.ports.audit import AuditFilter
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries

_BATCH = 1000
_SHOWN = (
    *(column for column in audit_events.c if column.key not in {"tenant_id", "digest"}),
    cast(func.encode(audit_events.c.digest, "hex"), Text).label("digest"),
)
_NO_CHAIN: Row = {"keep_days": LEAST_DAYS, "first": 1, "sequence": 0, "signed_sequence": 0}


class AuditQueries(queries.Queries):
    async def audit_events(self, page: PageRequest, wanted: AuditFilter) -> Page:
        """List the log, the newest first."""
        statement = select(*_SHOWN).where(*self._conditions(wanted))
        return await self._newest(statement, page)

    async def audit_events_about(self, employee_id: UUID, page: PageRequest) -> Page:
        """List who read or changed what is about a person, the newest first; that person's own doings are not there."""
        wanted = AuditFilter(employee_id=employee_id)
        statement = select(*_SHOWN).where(*self._conditions(wanted), audit_events.c.outcome != "refused")
        return await self._newest(statement, page)

    async def audit_events_refused(self, account_id: UUID, page: PageRequest) -> Page:
        """List what was refused to whoever tried as an account, the newest first."""
        return await self.audit_events(page, AuditFilter(actor=str(account_id), outcome="refused"))

    async def audit_log(self) -> Row:
        """Read how far the log goes, and for how long it is kept."""
        found = await self.rows(select(audit_chains).where(audit_chains.c.tenant_id == self.tenant_id))
        return found[0] if found else _NO_CHAIN

    async def audit_lines(self, *, through: int) -> AsyncIterator[Sequence[str]]:
        """Give the sealed log as an export writes it, up to and with one entry, some lines at a time."""
        after = 0
        while rows := await self.rows(self._sealed(after, through)):
            yield [line_of(entry_of(row).record(self.tenant_id, row["sequence"]), row["digest"]) for row in rows]
            after = rows[-1]["sequence"]

    def _sealed(self, after: int, through: int) -> Any:  # noqa: ANN401 -- SQLAlchemy's own generics say no more
        place = audit_events.c.sequence
        mine = (audit_events.c.tenant_id == self.tenant_id, place > after, place <= through)
        return select(audit_events).where(*mine).order_by(place).limit(_BATCH)

    async def _newest(self, statement: Any, page: PageRequest) -> Page:  # noqa: ANN401 -- as above
        by = [audit_events.c.occurred_at, audit_events.c.id]
        return await self.page(statement, page, by=by, updated=audit_events.c.occurred_at, newest_first=True)

    def _conditions(self, wanted: AuditFilter) -> list[ColumnElement[bool]]:
        table = audit_events.c
        equal = {table.actor: wanted.actor, table.action: wanted.action, table.outcome: wanted.outcome}
        found = [table.tenant_id == self.tenant_id, *(column == value for column, value in equal.items() if value)]
        if wanted.occurred_after is not None:
            found.append(table.occurred_at > wanted.occurred_after)
        if wanted.occurred_before is not None:
            found.append(table.occurred_at < wanted.occurred_before)
        if wanted.employee_id is not None:
            found.append(_is_about(wanted.employee_id, self.tenant_id))
        return found


def _is_about(employee_id: UUID, tenant_id: UUID) -> ColumnElement[bool]:
    mine = and_(audit_subjects.c.tenant_id == tenant_id, audit_subjects.c.employee_id == employee_id)
    return audit_events.c.id.in_(select(audit_subjects.c.event_id).where(mine))
