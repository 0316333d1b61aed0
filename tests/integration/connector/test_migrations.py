"""What an older connector has stored means the same after an upgrade."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from alembic import command

from deploy.migrate import OWNER
from shared.kit.migrations import alembic_config
from tests.factories.installation import Installation

pytestmark = pytest.mark.anyio
_TENANT, _WANG, _LI = UUID(int=1), UUID(int=2), UUID(int=3)
_SCHEMA = "connector_before"
_OBSERVATION = """
INSERT INTO observations (
    tenant_id, id, connection_id, remote_id, revision, fingerprint, decision, status, payload, measure, value,
    credit_date, dimensions, late, received_at, updated_at
) VALUES ($1, $2, $3, $4, 0, '', 1, 'counted', $6, 'order.amount', $5, '2026-03-04', '{}', false, now(), now())
"""
_CREDIT = "INSERT INTO observation_credits VALUES ($1, $2, $3, 'employee_ref', $4, $5, $6, $7, $8, $9)"
_CREDITS = """
SELECT position, reference, fraction, value, subject_id, problem FROM observation_credits
WHERE observation_id = $1 ORDER BY position
"""


@pytest.fixture
async def old(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    """Give a connection to a schema as it was before credits moved."""
    driver = await asyncpg.connect(installation.admin_url.replace("+asyncpg", ""))
    await driver.execute(f"CREATE SCHEMA {_SCHEMA} AUTHORIZATION {OWNER}; SET search_path = {_SCHEMA}")
    await _upgrade(installation, "0002")
    connection_id = UUID(int=9)
    await driver.execute(
        "INSERT INTO connections VALUES ($1, $2, 'crm', 'CRM', 'push', NULL, NULL, NULL, 1, now(), now())",
        *(_TENANT, connection_id),
    )
    for number in (11, 12, 13):
        sent = '{"credit_date": "2026-03-04"}' if number == 12 else "{}"
        await driver.execute(_OBSERVATION, _TENANT, UUID(int=number), connection_id, f"SO-{number}", Decimal(100), sent)
    yield driver
    await driver.execute(f"DROP SCHEMA {_SCHEMA} CASCADE")
    await driver.close()


async def _upgrade(installation: Installation, revision: str) -> None:
    config = alembic_config("connector", admin_url=installation.admin_url, owner=OWNER)
    config.attributes["schema"] = _SCHEMA
    await asyncio.to_thread(command.upgrade, config, revision)


async def test_credits_are_the_same_after_they_moved(old: asyncpg.Connection, installation: Installation) -> None:
    whole, split, unknown = (UUID(int=number) for number in (11, 12, 13))
    hundred, half, fifty = Decimal(100), Decimal("0.5"), Decimal(50)
    await old.execute(_CREDIT, _TENANT, whole, 0, "W1", Decimal(1), hundred, "employee", _WANG, None)
    await old.execute(_CREDIT, _TENANT, split, 0, "W1", half, fifty, "employee", _WANG, None)
    await old.execute(_CREDIT, _TENANT, split, 1, "W2", half, fifty, "employee", _LI, None)
    await old.execute(_CREDIT, _TENANT, unknown, 0, "S9", Decimal(1), hundred, None, None, "identity_unknown")
    before = {each: [tuple(row) for row in await old.fetch(_CREDITS, each)] for each in (whole, split, unknown)}
    await _upgrade(installation, "0003")
    after = {each: [tuple(row) for row in await old.fetch(_CREDITS, each)] for each in (whole, split, unknown)}
    assert after == before
    assert await old.fetchval("SELECT count(*) FROM observation_parts") == 2


async def test_whether_a_source_stated_the_day_is_known_afterwards(
    old: asyncpg.Connection, installation: Installation
) -> None:
    await _upgrade(installation, "0004")
    rows = await old.fetch("SELECT remote_id FROM observations WHERE credit_date_stated")
    assert [row["remote_id"] for row in rows] == ["SO-12"]
