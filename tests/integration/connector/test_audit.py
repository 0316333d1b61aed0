"""What a batch of observations costs the audit log: one row of the statement that writes its event, and no more."""

from uuid import UUID

import pytest
from sqlalchemy import text

from services.connector.wiring import Wiring
from shared.contracts.audit import AuditRecorded
from tests.factories.connector import System, make_item
from tests.factories.events import published

pytestmark = pytest.mark.anyio

_STATEMENTS = text(
    "SELECT topic, xmin::text || '/' || cmin::text AS statement FROM outbox WHERE key LIKE :key ORDER BY position"
)
"""Rows of one transaction and one command were written by one statement."""


async def test_a_batch_is_one_entry_in_the_statement_of_its_events(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    before = len(await published(wiring.database, tenant_id, AuditRecorded))
    await crm.send(*(make_item(id=f"SO-{number}") for number in range(20)))
    entries = await published(wiring.database, tenant_id, AuditRecorded)
    assert len(entries) == before + 1
    assert (entries[-1]["action"], entries[-1]["actor"]) == ("observations:write", crm.source)
    async with wiring.database.transaction() as tx:
        rows = (await tx.execute(_STATEMENTS, {"key": f"{tenant_id}/%"})).all()
    event, entry = rows[-2:]
    assert (event.topic, entry.topic) == ("connector.observations", AuditRecorded.topic.name)
    assert event.statement == entry.statement


async def test_reading_observations_is_written_down_with_whose_they_are(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await crm.send(make_item(id="SO-1"))
    await crm.observations(employee_id=str(wang))
    entry = (await published(wiring.database, tenant_id, AuditRecorded))[-1]
    assert (entry["outcome"], entry["action"], entry["rows"]) == ("read", "observations:read", 1)
    assert entry["subjects"] == [str(wang)]
