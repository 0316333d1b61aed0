"""Reads what the services hold, beside them: straight from their tables, and scorecards as the API shows them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from deploy.migrate import SERVICES
from tests.faults.company import Company
from tests.faults.found import Card, Counted, Delivery, Found, Shown, Target, Told

_COUNTED = """
SELECT source, remote_id, observation_id, subject_id, measure, value, credit_date, cohort_date
FROM performance.observations WHERE tenant_id = $1 AND superseded_at IS NULL AND NOT retracted
"""
_REVISIONS = """
SELECT connection.key, known.remote_id, known.revision, known.status
FROM connector.observations AS known
JOIN connector.connections AS connection ON connection.tenant_id = known.tenant_id AND connection.id = connection_id
WHERE known.tenant_id = $1
"""
_SHOWN = "SELECT scorecard_id, sequence, status, total FROM performance.results WHERE tenant_id = $1"
_TARGETS = """
SELECT id, cycle_id, metric, subject_kind, subject_id, value, unassigned FROM performance.targets WHERE tenant_id = $1
"""
_DELIVERIES = """
SELECT endpoint_id, message_id, event_type, subject, sequence, state, attempts
FROM notifier.deliveries WHERE tenant_id = $1
"""
_TOLD = "SELECT payload FROM performance.outbox WHERE topic NOT LIKE '%.dead' ORDER BY position"
_VERSIONS = "SELECT scheme_id, count(*) AS versions FROM performance.scheme_versions WHERE tenant_id = $1 GROUP BY 1"
_COPIES = ("performance", "notifier", "gateway")
"""Services that keep names of the organisation."""


async def collect(connection: asyncpg.Connection, company: Company) -> Found:
    """Read everything of the company but dead letters; takes a superuser's connection."""
    tenant = UUID(company.tenant)
    return Found(
        counted=[_counted(row) for row in await connection.fetch(_COUNTED, tenant)],
        revisions={
            (key, remote_id): (rev, at) for key, remote_id, rev, at in await connection.fetch(_REVISIONS, tenant)
        },
        cards=[card async for card in _cards(company)],
        shown=[_shown(row) for row in await connection.fetch(_SHOWN, tenant)],
        told=[told for row in await connection.fetch(_TOLD) for told in _told(orjson.loads(row["payload"]))],
        deliveries=[_delivery(row) for row in await connection.fetch(_DELIVERIES, tenant)],
        targets=[_target(row) for row in await connection.fetch(_TARGETS, tenant)],
        names=await _names(connection, tenant),
        clocks=await _clocks(connection, tenant),
        work_numbers=await _column(
            connection, "SELECT work_number FROM archive.employees WHERE tenant_id = $1", tenant
        ),
        versions={str(scheme): number for scheme, number in await connection.fetch(_VERSIONS, tenant)},
    )


async def _column(connection: asyncpg.Connection, query: str, tenant: UUID) -> Sequence[str]:
    return [row[0] for row in await connection.fetch(query, tenant)]


async def _names(connection: asyncpg.Connection, tenant: UUID) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = defaultdict(dict)
    tables = [("archive", noun) for noun in ("employees", "departments")]
    tables += [(service, f"org_{noun}") for service in _COPIES for noun in ("employees", "departments")]
    for service, table in tables:
        query = f"SELECT id, name FROM {service}.{table} WHERE tenant_id = $1"  # noqa: S608 -- our own names
        names[service] |= {str(row["id"]): row["name"] for row in await connection.fetch(query, tenant)}
    return names


async def _clocks(connection: asyncpg.Connection, tenant: UUID) -> dict[str, tuple[int, int]]:
    clocks: dict[str, tuple[int, int]] = {}
    for service in SERVICES:
        query = f"SELECT sequence, clock_offset_seconds FROM {service}.tenants WHERE id = $1"  # noqa: S608 -- our own names
        row = await connection.fetchrow(query, tenant)
        clocks[service] = (0, 0) if row is None else (row[0], row[1])
    return clocks


async def _cards(company: Company) -> Any:
    for cycle_id in (company.cycle, company.closed_cycle):
        for row in await company.hr.all("/v1/scorecards", cycle_id=cycle_id):
            fields = {name: row[name] for name in Card.__dataclass_fields__}
            yield Card(**{**fields, "items": tuple(row["items"])})


def _counted(row: asyncpg.Record) -> Counted:
    record_id = (row["source"], row["remote_id"])
    days = (row["credit_date"], row["cohort_date"])
    return Counted(record_id, str(row["observation_id"]), str(row["subject_id"]), row["measure"], row["value"], *days)


def _shown(row: asyncpg.Record) -> Shown:
    total = None if row["total"] is None else f"{row['total']:f}"
    return Shown(str(row["scorecard_id"]), row["sequence"], row["status"], total)


def _delivery(row: asyncpg.Record) -> Delivery:
    return Delivery(str(row[0]), str(row[1]), *row[2:])


def _target(row: asyncpg.Record) -> Target:
    subject_id = None if row["subject_id"] is None else str(row["subject_id"])
    return Target(str(row[0]), str(row[1]), row[2], row[3], subject_id, row["value"], row["unassigned"])


def _told(envelope: dict[str, Any]) -> Iterator[Told]:
    """Take an event apart into what subscribers are told of it."""
    if envelope["type"] == "scores.changed.v1":
        for change in envelope["data"]["changes"]:
            yield Told("score.changed.v1", f"scorecards/{change['scorecard_id']}", change["sequence"])
    else:
        yield Told(envelope["type"], envelope["subject"], int(envelope["sequence"]))
