"""Records of people's files, written many at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from services.archive.domain.record import Measurement, PastComputed, PastMetric, PastPerformance, Record
from services.archive.store.repositories.sliced import SlicedRepository
from services.archive.store.tables import records
from shared.core.decimals import plain
from shared.core.paging import Row

_HOLD_REMOTE_IDS = text("SELECT pg_advisory_xact_lock(hashtextextended('archive.records/' || :tenant_id, 0))")
_PUT = """
INSERT INTO records (tenant_id, id, employee_id, kind, occurred_on, title, note, measurements, performance,
    remote_id, scorecard_id, deleted, sequence, created_at, updated_at)
SELECT $1, id, employee_id, kind, occurred_on, title, note, measurements::jsonb, performance::jsonb,
    remote_id, scorecard_id, deleted, sequence, created_at, updated_at
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::uuid[], $12::boolean[], $13::bigint[], $14::timestamptz[], $15::timestamptz[])
    AS put (id, employee_id, kind, occurred_on, title, note, measurements, performance,
        remote_id, scorecard_id, deleted, sequence, created_at, updated_at)
ON CONFLICT (tenant_id, id) DO UPDATE SET kind = excluded.kind, occurred_on = excluded.occurred_on,
    title = excluded.title, note = excluded.note, measurements = excluded.measurements,
    performance = excluded.performance, deleted = excluded.deleted, sequence = excluded.sequence,
    updated_at = excluded.updated_at
"""
_COLUMNS = (
    "id", "employee_id", "kind", "occurred_on", "title", "note", "measurements", "performance",
    "remote_id", "scorecard_id", "deleted", "sequence", "created_at", "updated_at",
)  # fmt: skip


class RecordRepository(SlicedRepository[Record]):
    table = records
    entity = Record
    noun = "record"

    async def by_remote_id(self, remote_ids: Collection[str]) -> Mapping[str, Record]:
        """Load by remote id, one filer at a time: two at once could both find nothing and file the same."""
        if not remote_ids:
            return {}
        await self.tx.execute(_HOLD_REMOTE_IDS, {"tenant_id": str(self.tenant_id)})
        found = await self.load(records.c.remote_id.in_(remote_ids))
        return {record.remote_id: record for record in found if record.remote_id}

    async def by_id(self, ids: Collection[UUID]) -> Mapping[UUID, Record]:
        return {record.id: record for record in await self.load(records.c.id.in_(ids))}

    async def put(self, entities: Sequence[Record]) -> None:
        """Add or overwrite all of them in one statement."""
        if not entities:
            return
        rows = [_as_text(self.to_row(record)) for record in entities]
        driver = await self.tx.driver()
        await driver.execute(_PUT, self.tenant_id, *([row[name] for row in rows] for name in _COLUMNS))

    def to_row(self, entity: Record) -> dict[str, Any]:
        row = super().to_row(entity)
        return {**row, "measurements": _plain(row["measurements"]), "performance": _plain(row["performance"])}

    def to_entity(self, row: Row) -> Record:
        measurements = tuple(Measurement(each["measure"], Decimal(each["value"])) for each in row["measurements"])
        performance = row["performance"] and _performance(row["performance"])
        return super().to_entity({**row, "measurements": measurements, "performance": performance})


def _performance(document: Mapping[str, Any]) -> PastPerformance:
    return PastPerformance(
        starts_on=date.fromisoformat(document["starts_on"]),
        ends_on=date.fromisoformat(document["ends_on"]),
        metrics=tuple(
            PastMetric(each["metric"], _decimal(each["target"]), _decimal(each["actual"]))
            for each in document["metrics"]
        ),
        total=_decimal(document["total"]),
        grade=document["grade"],
        computed=_computed(document.get("computed")),
    )


def _computed(document: Mapping[str, Any] | None) -> PastComputed | None:
    return None if document is None else PastComputed(_decimal(document["total"]), document["grade"])


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _plain(value: object) -> Any:  # noqa: ANN401 -- JSON
    """Turn decimals and days, at any depth, into the strings that JSON keeps exactly."""
    return orjson.loads(orjson.dumps(value, default=plain))


def _as_text(row: Mapping[str, Any]) -> dict[str, Any]:
    measurements = orjson.dumps(row["measurements"]).decode()
    performance = None if row["performance"] is None else orjson.dumps(row["performance"]).decode()
    return {**row, "measurements": measurements, "performance": performance}
