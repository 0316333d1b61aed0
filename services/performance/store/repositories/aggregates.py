"""What observations add up to, set-wise: one grouped statement a side of a metric, whatever the number of people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.schemes.metric import Credit, Side
from services.performance.store.tables.scoring import observations, watermarks
from services.performance.usecases.ports.scoring import Span
from shared.core.paging import Row
from shared.core.periods import Period
from shared.kit.db import Transaction

_value = observations.c.value
_latest_first = aggregate_order_by(_value, observations.c.occurred_at.desc(), observations.c.observation_id.desc())
_VALUES: Mapping[str, ColumnElement[Any]] = {
    "sum": func.sum(_value),
    "mean": func.sum(_value),
    "rating": func.sum(_value),
    "count": func.count(),
    "max": func.max(_value),
    "min": func.min(_value),
    "last": func.array_agg(_latest_first, type_=ARRAY(Numeric))[1],
}
"""By aggregation; a mean is divided by its rows in the domain, where division is exact."""

_day = watermarks.c.complete_through
_COMPLETE_THROUGH = (
    select(watermarks.c.measure, case((func.bool_and(_day.is_not(None)), func.min(_day))).label("day"))
    .where(watermarks.c.measure == any_(bindparam("measures", type_=ARRAY(Text))))
    .group_by(watermarks.c.measure)
)

_DAYS: Mapping[Credit, str] = {"own_date": "credit_date", "cohort_date": "cohort_date"}
_SHOWN = ("observation_id", "source", "remote_id", "revision", "value", "credit_date", "cohort_date", "occurred_at")


_ASKED: Mapping[str, Any] = {"subject_ids": PG_UUID, "starts": Date, "ends": Date}
"""What is asked for, one array each."""
_NOTHING = (0, Decimal(0))


class AggregateRepository:
    """Reads what counts now, or counted at `as_of`; never locks."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_side(
        self, side: Side, spans: Sequence[Span], *, as_of: datetime | None = None
    ) -> list[tuple[int, Decimal]]:
        filters = tuple((name, tuple(values)) for name, values in side.filters.items())
        statement = _totals(side.aggregation, side.credit, filters, side.distinct_by, stood=as_of is not None)
        asked = {
            "subject_ids": [subject_id for subject_id, _ in spans],
            "starts": [period.starts_on for _, period in spans],
            "ends": [period.ends_on for _, period in spans],
            "measure": side.measure,
            **({"as_of": as_of} if as_of is not None else {}),
        }
        found = [_NOTHING] * len(spans)
        for row in await self._tx.execute(statement, asked):
            found[row.place - 1] = (row.rows, Decimal(row.value))
        return found

    async def counted(
        self, side: Side, *, period: Period, subject_id: UUID, limit: int, as_of: datetime | None = None
    ) -> Sequence[Row]:
        day = observations.c[_DAYS[side.credit]]
        statement = (
            select(*(observations.c[name] for name in _SHOWN))
            .where(observations.c.subject_id == subject_id, counts_for(side, period, as_of=as_of))
            .order_by(day, observations.c.observation_id)
            .limit(limit)
        )
        return [dict(row) for row in (await self._tx.execute(statement)).mappings()]

    async def complete_through(self, measures: Collection[str]) -> Mapping[str, date]:
        rows = await self._tx.execute(_COMPLETE_THROUGH, {"measures": list(measures)})
        return {row.measure: row.day for row in rows if row.day is not None}


def counts_for(side: Side, period: Period, *, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Admit the observations a side takes in, as they stand, or stood at `as_of`."""
    return and_(
        observations.c.measure == side.measure,
        *_credited(side.credit, period.starts_on, period.ends_on),
        *_within(side.filters.items()),
        stands(as_of),
    )


def stands(as_of: datetime | None) -> ColumnElement[bool]:
    """Admit of each observation the revision that holds now, or held at `as_of`."""
    return observations.c.superseded_at.is_(None) if as_of is None else _stood(as_of)


def _stood(as_of: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    superseded = observations.c.superseded_at
    return and_(observations.c.recorded_at <= as_of, or_(superseded.is_(None), superseded > as_of))


def _credited(
    credit: Credit, starts_on: date | ColumnElement[date], ends_on: date | ColumnElement[date]
) -> Sequence[ColumnElement[bool]]:
    day = observations.c[_DAYS[credit]]
    return (day >= starts_on, day < ends_on, ~observations.c.retracted)


def _within(filters: Iterable[tuple[str, Sequence[str]]]) -> Sequence[ColumnElement[bool]]:
    return [observations.c.dimensions[name].astext.in_(values) for name, values in filters]


@lru_cache(maxsize=256)
def _totals(
    aggregation: str,
    credit: Credit,
    filters: tuple[tuple[str, tuple[str, ...]], ...],
    distinct_by: str | None,
    *,
    stood: bool,
) -> Select[Any]:
    """Build a side's statement once: every batch asks it anew, and to build it takes longer than to answer it.

    Lateral, so that each span is looked up by the index whatever the planner believes of sizes.
    """
    asked = (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _ASKED.items()))
        .table_valued(*_ASKED, with_ordinality="place", name="asked")
        .render_derived()
    )
    standing = _stood(bindparam("as_of", type_=DateTime(timezone=True))) if stood else stands(None)
    distinct = func.count(observations.c.dimensions[distinct_by].astext.distinct()) if distinct_by else None
    value = _VALUES[aggregation] if distinct is None else distinct
    found = (
        select(func.count().label("rows"), value.label("value"))
        .where(
            observations.c.subject_id == asked.c.subject_ids,
            observations.c.measure == bindparam("measure", type_=Text),
            *_credited(credit, asked.c.starts, asked.c.ends),
            *_within(filters),
            standing,
        )
        .lateral("found")
    )
    return select(asked.c.place, found.c.rows, found.c.value).select_from(asked.join(found, found.c.rows > 0))
