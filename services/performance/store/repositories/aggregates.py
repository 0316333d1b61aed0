"""What observations add up to, set-wise: one grouped statement a side of a metric, whatever the number of people."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Numeric, and_, any_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.metric import Credit, Side
from services.performance.store.tables.scoring import observations, watermarks
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

_DAYS: Mapping[Credit, str] = {"own_date": "credit_date", "cohort_date": "cohort_date"}
_SHOWN = ("observation_id", "source", "remote_id", "revision", "value", "credit_date", "cohort_date", "occurred_at")


class AggregateRepository:
    """Reads what counts now, or counted at `as_of`; never locks."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_side(
        self, side: Side, *, period: Period, subject_ids: Collection[UUID], as_of: datetime | None = None
    ) -> Mapping[UUID, tuple[int, Decimal]]:
        subject = observations.c.subject_id
        statement = (
            select(subject, func.count().label("rows"), _value_of(side).label("value"))
            .where(subject == any_(literal(list(subject_ids), ARRAY(PG_UUID))), counts_for(side, period, as_of=as_of))
            .group_by(subject)
        )
        return {row.subject_id: (row.rows, Decimal(row.value)) for row in await self._tx.execute(statement)}

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
        day = watermarks.c.complete_through
        statement = (
            select(watermarks.c.measure, case((func.bool_and(day.is_not(None)), func.min(day))).label("day"))
            .where(watermarks.c.measure.in_(measures))
            .group_by(watermarks.c.measure)
        )
        return {row.measure: row.day for row in await self._tx.execute(statement) if row.day is not None}


def counts_for(side: Side, period: Period, *, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Admit the observations a side takes in, as they stand, or stood at `as_of`."""
    day = observations.c[_DAYS[side.credit]]
    dimensions = [observations.c.dimensions[name].astext.in_(values) for name, values in side.filters.items()]
    return and_(
        observations.c.measure == side.measure,
        day >= period.starts_on,
        day < period.ends_on,
        ~observations.c.retracted,
        stands(as_of),
        *dimensions,
    )


def stands(as_of: datetime | None) -> ColumnElement[bool]:
    """Admit of each observation the revision that holds now, or held at `as_of`."""
    superseded = observations.c.superseded_at
    if as_of is None:
        return superseded.is_(None)
    return and_(observations.c.recorded_at <= as_of, or_(superseded.is_(None), superseded > as_of))


def _value_of(side: Side) -> ColumnElement[Any]:
    if side.aggregation == "count_distinct":
        return func.count(observations.c.dimensions[side.distinct_by].astext.distinct())
    return _VALUES[side.aggregation]
