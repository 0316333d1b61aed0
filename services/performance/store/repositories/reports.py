"""Reports, written by array, and the table of what they recommend."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.performance.domain.reports.recommendation import recommendations_from_document
from services.performance.domain.reports.recommendation_table import RecommendationTable
from services.performance.domain.reports.review import FiledReport
from services.performance.store.tables.scoring import recommendations
from shared.kit.db import Transaction

_FILE = """
INSERT INTO reports AS filed (
    tenant_id, id, scorecard_id, cycle_id, employee_id, department_id, sequence, total, grade, document,
    created_at, updated_at
)
SELECT $1, report.* FROM unnest(
    $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::numeric[], $9::text[], $10::jsonb[],
    $11::timestamptz[], $12::timestamptz[]
) AS report
ON CONFLICT (tenant_id, id) DO UPDATE
SET department_id = excluded.department_id, sequence = excluded.sequence, total = excluded.total,
    grade = excluded.grade, document = excluded.document, updated_at = excluded.updated_at
WHERE filed.sequence < excluded.sequence
"""


class ReportRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def file(self, reports: Sequence[FiledReport]) -> None:
        if not reports:
            return
        rows = [asdict(report) | {"document": orjson.dumps(report.document).decode()} for report in reports]
        columns = [[row[name] for row in rows] for name in FiledReport.__dataclass_fields__]
        await (await self._tx.driver()).execute(_FILE, self._tenant_id, *columns)


class RecommendationRepository:
    """One table of rules a tenant; a tenant that never wrote one has the default."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def current(self) -> RecommendationTable:
        row = (await self._tx.execute(select(recommendations))).mappings().one_or_none()
        if row is None:
            return RecommendationTable()
        rules = recommendations_from_document({"rules": row["rules"]})
        return RecommendationTable(rules, row["sequence"], row["updated_at"])

    async def save(self, table: RecommendationTable) -> bool:
        row: dict[str, Any] = {
            "sequence": table.sequence,
            "rules": [rule.to_document() for rule in table.rules],
            "updated_at": table.updated_at,
        }
        statement = insert(recommendations).values(tenant_id=self._tenant_id, **row)
        newer = recommendations.c.sequence == table.sequence - 1
        upserted = statement.on_conflict_do_update(index_elements=["tenant_id"], set_=row, where=newer)
        return (await self._tx.execute(upserted)).rowcount == 1
