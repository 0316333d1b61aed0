"""A service tells what a caller did, read or was refused: keep it in the audit log."""

from collections.abc import Sequence

from services.gateway.domain.audit.chain import AuditEntry
from services.gateway.usecases.audit.keep_audit_entries import keep_audit_entries
from services.gateway.usecases.ports import Work
from shared.contracts.audit import AuditRecorded
from shared.contracts.envelope import Event


async def on_audit_recorded(events: Sequence[Event[AuditRecorded]], work: Work) -> None:
    await keep_audit_entries(work, [_entry(event) for event in events])


def _entry(event: Event[AuditRecorded]) -> AuditEntry:
    return AuditEntry(id=event.id, service=event.source.removeprefix("/"), **dict(event.data))
