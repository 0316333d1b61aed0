"""Revisions, with results and lines as documents."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, exists, select

from services.performance.domain.scoring.revision import RevisedLine, Revision
from services.performance.domain.scoring.scorecard import Result, Verdict
from services.performance.store.repositories.in_cycle import InCycle
from services.performance.store.repositories.results import read_result, write_result
from services.performance.store.tables.revisions import revisions
from shared.core.decimals import plain
from shared.core.paging import Row

_PROPOSED, _APPROVED, _REJECTED = "proposed", "approved", "rejected"
_NUMBERS = ("previous_actual", "actual", "previous_points", "points")


class RevisionRepository(InCycle[Revision]):
    table = revisions
    entity = Revision
    noun = "revision"

    async def proposed(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Revision]:
        table = revisions.c
        statement = select(revisions).where(table.scorecard_id.in_(scorecard_ids), table.state == _PROPOSED)
        found = [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]
        return {revision.scorecard_id: revision for revision in found}

    async def turned_down(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Collection[Result]]:
        table, later = revisions.c, revisions.alias().c
        approved = exists().where(
            later.scorecard_id == table.scorecard_id, later.id > table.id, later.state == _APPROVED
        )
        statement = select(table.scorecard_id, cast(table.result, Text)).where(
            table.scorecard_id.in_(scorecard_ids), table.state == _REJECTED, ~approved
        )
        found: dict[UUID, list[Result]] = defaultdict(list)
        for scorecard_id, result in await self.tx.execute(statement):
            found[scorecard_id].append(read_result(result))
        return found

    def to_row(self, entity: Revision) -> dict[str, Any]:
        return {
            **asdict(entity),
            "previous": entity.previous.to_document(),
            "result": orjson.loads(write_result(entity.result)),
            "lines": [{**asdict(line), **_texts(line)} for line in entity.lines],
        }

    def to_entity(self, row: Row) -> Revision:
        lines = ({**line, **{name: _number(line[name]) for name in _NUMBERS}} for line in row["lines"])
        read = {
            "previous": Verdict.of_document(row["previous"]),
            "result": read_result(orjson.dumps(row["result"])),
            "lines": tuple(RevisedLine(**line) for line in lines),
        }
        return super().to_entity({**row, **read})


def _texts(line: RevisedLine) -> dict[str, str | None]:
    values = {name: getattr(line, name) for name in _NUMBERS}
    return {name: None if value is None else plain(value) for name, value in values.items()}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
