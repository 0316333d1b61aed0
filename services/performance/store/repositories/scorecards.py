"""Scorecards with the history of their results: locked in one order, written by array."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, bindparam, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.observations.observation import Touch
from services.performance.domain.schemes.assignment import Place
from services.performance.domain.scoring.scorecard import Scorecard, ScoreStatus
from services.performance.store.repositories.results import kept_columns, read_result, write_result
from services.performance.store.tables.base import org
from services.performance.store.tables.scoring import results, scorecards
from shared.core.errors import NotFound
from shared.core.paging import Row
from shared.kit.db import Transaction

_OPEN = """
INSERT INTO scorecards (
    tenant_id, id, cycle_id, employee_id, department_id, position_id, scheme_id, scheme_version, status, sequence,
    result, input_hash, created_at, updated_at
)
SELECT $1, card.id, $2, card.employee_id, card.department_id, card.position_id, card.scheme_id, card.scheme_version,
    'provisional', 0, $3, '', $4, $4
FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::int[])
    AS card (id, employee_id, department_id, position_id, scheme_id, scheme_version)
ON CONFLICT DO NOTHING
"""
_SHOW = """
WITH scored AS (
    SELECT * FROM unnest(
        $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::int[], $9::text[], $10::bigint[], $11::numeric[],
        $12::text[], $13::jsonb[], $14::text[], $15::timestamptz[]
    ) AS card (
        id, department_id, position_id, scheme_id, scheme_version, status, sequence, total,
        grade, result, input_hash, counted_until
    )
), shown AS (
    UPDATE scorecards AS card
    SET department_id = scored.department_id, position_id = scored.position_id, scheme_id = scored.scheme_id,
        scheme_version = scored.scheme_version, status = scored.status, sequence = scored.sequence,
        total = scored.total, grade = scored.grade, result = scored.result, input_hash = scored.input_hash,
        counted_until = scored.counted_until, scored_at = $3, updated_at = $3
    FROM scored WHERE card.tenant_id = $1 AND card.id = scored.id
)
INSERT INTO results (
    tenant_id, run_id, recorded_at, scorecard_id, sequence, status, scheme_id, scheme_version, total, grade, result,
    input_hash, counted_until
)
SELECT $1, $2, $3, id, sequence, status, scheme_id, scheme_version, total, grade, result, input_hash, counted_until
FROM scored
"""


_WITHOUT = tuple(
    cast(f"$.{lines}[*] ? (@.metric == $metrics[*] && @.code != null)", JSONPATH) for lines in ("items", "overall")
)
"""Lines of which a code says why there is no number, or a zero."""
_CARDS = select(*kept_columns(scorecards))
_OF_CYCLE = _CARDS.where(scorecards.c.cycle_id == bindparam("cycle_id")).order_by(scorecards.c.employee_id)
_OF_PEOPLE = _OF_CYCLE.where(scorecards.c.employee_id == any_(bindparam("employee_ids", type_=ARRAY(PG_UUID))))
_LOCKED_OF_CYCLE, _LOCKED_OF_PEOPLE = (
    statement.where(scorecards.c.status == bindparam("status")).with_for_update()
    for statement in (_OF_CYCLE, _OF_PEOPLE)
)
_LOCKED_PUBLISHED = _OF_PEOPLE.where(scorecards.c.status.in_(("published", "revised"))).with_for_update()
_COUNT = select(func.count()).where(
    scorecards.c.cycle_id == bindparam("cycle_id"), scorecards.c.status == bindparam("status")
)
"""Built once: every batch of events asks these, and to build a statement takes longer than to answer it."""


class ScorecardRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def get(self, scorecard_id: UUID) -> Scorecard:
        return await self._one(_CARDS.where(scorecards.c.id == scorecard_id).with_for_update())

    async def read(self, scorecard_id: UUID, *, as_of: datetime | None = None) -> Scorecard:
        card = await self._one(_CARDS.where(scorecards.c.id == scorecard_id))
        if as_of is None:
            return card
        former = shown_at(scorecard_id, as_of).with_only_columns(*kept_columns(results))
        row = (await self._tx.execute(former)).mappings().one_or_none()
        if row is None:
            raise NotFound.of("result")
        scheme = {name: row[name] for name in ("scheme_id", "scheme_version")}
        return replace(
            card,
            place=replace(card.place, **scheme),  # who may read it goes by today's department
            result=read_result(row["result"]),
            scored_at=row["recorded_at"],
            **{name: row[name] for name in ("status", "sequence", "input_hash", "counted_until")},
        )

    async def lock(
        self,
        cycle_id: UUID,
        *,
        status: ScoreStatus,
        employee_ids: Collection[UUID] | None = None,
        after: UUID | None = None,
        limit: int | None = None,
    ) -> list[Scorecard]:
        statement = _LOCKED_OF_CYCLE if employee_ids is None else _LOCKED_OF_PEOPLE
        if after is not None:
            statement = statement.where(scorecards.c.employee_id > after)
        if limit is not None:
            statement = statement.limit(limit)
        return await self._all(statement, **_asked(cycle_id, employee_ids), status=status)

    async def lock_published(self, cycle_id: UUID, employee_ids: Collection[UUID]) -> list[Scorecard]:
        return await self._all(_LOCKED_PUBLISHED, **_asked(cycle_id, employee_ids))

    async def count(self, cycle_id: UUID, *, status: ScoreStatus) -> int:
        return int((await self._tx.execute(_COUNT, {"cycle_id": cycle_id, "status": status})).scalar_one())

    async def people_under(self, cycle_id: UUID, touches: Sequence[Touch]) -> Collection[UUID]:
        company = any(touch.subject_kind == "company" for touch in touches)
        departments = {touch.subject_id for touch in touches if touch.subject_kind == "department"}
        people = {touch.subject_id for touch in touches if touch.subject_kind == "employee"}
        if not company and not departments:
            return people
        under = true() if company else or_(scorecards.c.department_id.in_(departments), _were_in(departments))
        statement = select(scorecards.c.employee_id).where(scorecards.c.cycle_id == cycle_id, under)
        return people.union((await self._tx.execute(statement)).scalars())

    async def people_without(self, cycle_id: UUID, metrics: Collection[str]) -> Collection[UUID]:
        asked = cast({"metrics": list(metrics)}, JSONB)
        without = or_(*(func.jsonb_path_exists(scorecards.c.result, path, asked) for path in _WITHOUT))
        statement = select(scorecards.c.employee_id).where(scorecards.c.cycle_id == cycle_id, without)
        return set((await self._tx.execute(statement)).scalars())

    async def of_cycle(self, cycle_id: UUID, *, employee_ids: Collection[UUID] | None = None) -> list[Scorecard]:
        return await self._all(_OF_CYCLE if employee_ids is None else _OF_PEOPLE, **_asked(cycle_id, employee_ids))

    async def open(self, cards: Sequence[Scorecard]) -> None:
        if not cards:
            return
        driver = await self._tx.driver()
        first = cards[0]
        columns = zip(
            *((card.id, card.employee_id, *_place(card.place)) for card in cards),
            strict=True,
        )
        nothing = write_result(first.result)
        await driver.execute(_OPEN, self._tenant_id, first.cycle_id, nothing, first.created_at, *map(list, columns))

    async def show(self, run_id: UUID, cards: Sequence[Scorecard], *, at: datetime) -> None:
        if not cards:
            return
        driver = await self._tx.driver()
        columns = zip(*map(_shown, cards), strict=True)
        await driver.execute(_SHOW, self._tenant_id, run_id, at, *map(list, columns))

    async def _all(self, statement: Select[Any], **asked: object) -> list[Scorecard]:
        found = await self._tx.execute(statement, asked)
        names = tuple(found.keys())
        return [_scorecard(dict(zip(names, row, strict=True))) for row in found]

    async def _one(self, statement: Select[Any]) -> Scorecard:
        row = (await self._tx.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NotFound.of("scorecard")
        return _scorecard(dict(row))


def shown_at(scorecard_id: UUID, as_of: datetime) -> Select[Any]:
    """Select the result that a scorecard showed at a time."""
    return (
        select(results)
        .where(results.c.scorecard_id == scorecard_id, results.c.recorded_at <= as_of)
        .order_by(results.c.sequence.desc())
        .limit(1)
    )


def _asked(cycle_id: UUID, employee_ids: Collection[UUID] | None) -> dict[str, object]:
    people = {} if employee_ids is None else {"employee_ids": list(employee_ids)}
    return {"cycle_id": cycle_id, **people}


def _were_in(departments: Collection[UUID]) -> ColumnElement[bool]:
    """Admit people who have left a department, for a department's numbers of their days there are theirs as well."""
    spells = select(org.employments.c.employee_id).where(org.employments.c.department_id.in_(departments))
    return scorecards.c.employee_id.in_(spells)


def _place(place: Place) -> tuple[object, ...]:
    return (place.department_id, place.position_id, place.scheme_id, place.scheme_version)


def _shown(card: Scorecard) -> tuple[object, ...]:
    """Lay a card out in the order of the statement's columns."""
    result = card.result
    shown = (card.status, card.sequence, result.total, result.grade, write_result(result), card.input_hash)
    return (card.id, *_place(card.place), *shown, card.counted_until)


def _scorecard(row: Row) -> Scorecard:
    own: dict[str, Any] = {name: row[name] for name in Scorecard.__dataclass_fields__ if name in row}
    place = Place(**{name: row[name] for name in Place.__dataclass_fields__})
    return Scorecard(**{**own, "place": place, "result": read_result(row["result"])})
