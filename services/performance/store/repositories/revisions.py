"""Revisions, with results and lines as documents."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from services.performance.domain.scoring.revision import RevisedLine, Revision
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.store.repositories.in_cycle import InCycle
from services.performance.store.repositories.results import read_result, write_result
from services.performance.store.tables.revisions import revisions
from shared.core.decimals import plain
from shared.core.paging import Row

_NUMBERS = ("previous_actual", "actual", "previous_points", "points")


class RevisionRepository(InCycle[Revision]):
    table = revisions
    entity = Revision
    noun = "revision"

    async def latest(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Revision]:
        statement = (
            select(revisions)
            .ext(distinct_on(revisions.c.scorecard_id))
            .where(revisions.c.scorecard_id.in_(scorecard_ids))
            .order_by(revisions.c.scorecard_id, revisions.c.id.desc())
        )
        found = [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]
        return {revision.scorecard_id: revision for revision in found}

    def to_row(self, entity: Revision) -> dict[str, Any]:
        total, grade = entity.previous.total, entity.previous.grade
        return {
            **asdict(entity),
            "previous": {"total": None if total is None else f"{total:f}", "grade": grade},
            "result": orjson.loads(write_result(entity.result)),
            "lines": [{**asdict(line), **_texts(line)} for line in entity.lines],
        }

    def to_entity(self, row: Row) -> Revision:
        previous = row["previous"]
        lines = ({**line, **{name: _number(line[name]) for name in _NUMBERS}} for line in row["lines"])
        read = {
            "previous": Verdict(_number(previous["total"]), previous["grade"]),
            "result": read_result(orjson.dumps(row["result"])),
            "lines": tuple(RevisedLine(**line) for line in lines),
        }
        return super().to_entity({**row, **read})


def _texts(line: RevisedLine) -> dict[str, str | None]:
    values = {name: getattr(line, name) for name in _NUMBERS}
    return {name: None if value is None else plain(value) for name, value in values.items()}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
