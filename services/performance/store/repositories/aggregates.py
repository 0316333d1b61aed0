"""What observations add up to, set-wise: one grouped statement a side of a metric, whatever the number of people."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Select,
    TableValuedAlias,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql.selectable import LateralFromClause

from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.observations.picking import Picks
from services.performance.domain.schemes.currency import Conversion
from services.performance.domain.schemes.metric import EVERYTHING, Credit, Side
from services.performance.domain.scoring.states import ItemCode
from services.performance.store.repositories import money
from services.performance.store.tables.scoring import completeness, observations, watermarks
from services.performance.usecases.ports.observations import Found, Intake, Span
from shared.core.paging import Page, PageRequest
from shared.core.periods import Period
from shared.kit.db import Transaction
from shared.kit.queries import fetch_page

_LATEST = (observations.c.occurred_at.desc(), observations.c.observation_id.desc())
_FIRST = (observations.c.occurred_at, observations.c.observation_id)
_VALUES: Mapping[str, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    "sum": func.sum,
    "mean": func.sum,
    "rating": func.sum,
    "count": lambda _: func.count(),
    "max": func.max,
    "min": func.min,
    "last": lambda value: func.array_agg(aggregate_order_by(value, *_LATEST), type_=ARRAY(Numeric))[1],
}
"""By aggregation; a mean is divided by its rows in the domain, where division is exact."""
_RANKED: Mapping[str, Callable[[ColumnElement[Any]], Sequence[ColumnElement[Any]]]] = {
    "max": lambda value: (value.desc(), *_FIRST),
    "min": lambda value: (value, *_FIRST),
    "last": lambda _: _LATEST,
    "count_distinct": lambda _: _FIRST,
}
"""By selective aggregation, the order in which the first of a group is the one that counts."""

_as_of, _known_by = (bindparam(name, type_=DateTime(timezone=True)) for name in ("as_of", "known_by"))
_declared_then = (
    select(func.max(completeness.c.complete_through))
    .where(completeness.c.source == watermarks.c.source, completeness.c.measure == watermarks.c.measure)
    .where(completeness.c.declared_at <= _as_of)
    .correlate(watermarks)
    .scalar_subquery()
)
_COMPLETE_THROUGH, _COMPLETE_THEN = (
    select(watermarks.c.measure, case((func.bool_and(day.is_not(None)), func.min(day))).label("day"))
    .where(watermarks.c.measure == any_(bindparam("measures", type_=ARRAY(Text))))
    .where(or_(_known_by.is_(None), watermarks.c.known_since.is_(None), watermarks.c.known_since <= _known_by))
    .group_by(watermarks.c.measure)
    for day in (watermarks.c.complete_through, _declared_then)
)

_DAYS: Mapping[Credit, str] = {"own_date": "credit_date", "cohort_date": "cohort_date"}
_SHOWN = ("observation_id", "source", "remote_id", "revision", "value", "credit_date", "cohort_date", "occurred_at")


_ASKED: Mapping[str, Any] = {"subject_ids": PG_UUID, "starts": Date, "ends": Date}
"""What is asked for, one array each."""
_NOTHING = Found(0, Decimal(0))
_PLAIN = literal(int(ItemCode.NONE)).label("fault")


class AggregateRepository:
    """Reads what counts now, or counted at `as_of`; never locks."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_side(
        self, side: Side, spans: Sequence[Span], *, as_of: datetime | None = None, pricing: Pricing | None = None
    ) -> list[Found]:
        filters = tuple((name, tuple(values)) for name, values in side.filters.items())
        how = pricing and (pricing.currency.conversion if pricing.currency else "checked")
        statement = _totals(
            side.aggregation, side.credit, filters, side.distinct_by, stood=as_of is not None, priced=how
        )
        asked = {
            "subject_ids": [subject_id for subject_id, _ in spans],
            "starts": [period.starts_on for _, period in spans],
            "ends": [period.ends_on for _, period in spans],
            "measure": side.measure,
            **({"as_of": as_of} if as_of is not None else {}),
            **money.asked(pricing),
        }
        found = [_NOTHING] * len(spans)
        for place, rows, value, fault in await self._tx.execute(statement, asked):
            found[place - 1] = Found(rows, Decimal(value or 0), fault)
        return found

    async def taken_in(self, intake: Intake, page: PageRequest) -> Page:
        day, rate = observations.c[_DAYS[intake.side.credit]], money.rate_for(intake.pricing, intake.as_of)
        shown = (*(observations.c[name] for name in _SHOWN), _group(intake.side).label("group"), *money.shown(rate))
        statement = _of_intake(shown, intake, rate)
        return await fetch_page(self._tx, statement, page, by=[day, observations.c.observation_id])

    async def picked(self, intake: Intake, groups: Collection[str]) -> Picks:
        side, span = intake.side, (intake.subject_id, intake.period)
        if intake.pricing is not None:
            (found,) = await self.of_side(side, [span], as_of=intake.as_of, pricing=intake.pricing)
            if found.fault:
                return {}
        group, rate = _group(side), money.rate_for(intake.pricing, intake.as_of)
        ranked = _RANKED[side.aggregation](money.amount(rate))
        statement = _of_intake((group.label("group"), observations.c.observation_id), intake, rate)
        if side.distinct_by is None:
            statement = statement.order_by(*ranked).limit(1)
        else:
            statement = statement.where(group.in_(groups)).ext(distinct_on(group)).order_by(group, *ranked)
        rows = await self._tx.execute(statement)
        return {row.group: row.observation_id for row in rows}

    async def complete_through(
        self, measures: Collection[str], *, as_of: datetime | None = None, known_by: datetime | None = None
    ) -> Mapping[str, date]:
        asked = {"measures": list(measures), "known_by": known_by}
        if as_of is None:
            rows = await self._tx.execute(_COMPLETE_THROUGH, asked)
        else:
            rows = await self._tx.execute(_COMPLETE_THEN, {**asked, "as_of": as_of})
        return {row.measure: row.day for row in rows if row.day is not None}


def _of_intake(columns: Sequence[ColumnElement[Any]], intake: Intake, rate: LateralFromClause | None) -> Select[Any]:
    return (
        select(*columns)
        .select_from(money.with_rates(rate))
        .where(observations.c.subject_id == intake.subject_id)
        .where(counts_for(intake.side, intake.period, as_of=intake.as_of))
        .params(**money.asked(intake.pricing))
    )


def _group(side: Side) -> ColumnElement[Any]:
    return literal(EVERYTHING) if side.distinct_by is None else observations.c.dimensions[side.distinct_by].astext


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
    priced: Conversion | Literal["checked"] | None = None,
) -> Select[Any]:
    """Build a side's statement once: every batch asks it anew, and to build it takes longer than to answer it.

    Lateral, so that each span is looked up by the index whatever the planner believes of sizes.
    """
    asked = _spans_asked()
    as_of = bindparam("as_of", type_=DateTime(timezone=True)) if stood else None
    rate = None if priced is None or priced == "checked" else money.rate_of(priced, as_of)
    value = _value(aggregation, distinct_by, rate).label("value")
    found = (
        select(func.count().label("rows"), value, _PLAIN if priced is None else money.fault_of(rate))
        .select_from(money.with_rates(rate))
        .where(
            observations.c.subject_id == asked.c.subject_ids,
            observations.c.measure == bindparam("measure", type_=Text),
            *_credited(credit, asked.c.starts, asked.c.ends),
            *_within(filters),
            stands(None) if as_of is None else _stood(as_of),
        )
        .lateral("found")
    )
    shown = (asked.c.place, found.c.rows, found.c.value, found.c.fault)
    return select(*shown).select_from(asked.join(found, found.c.rows > 0))


def _spans_asked() -> TableValuedAlias:
    """Lay what is asked for out as rows, each with its place among them."""
    arrays = (bindparam(name, type_=ARRAY(kind)) for name, kind in _ASKED.items())
    return func.unnest(*arrays).table_valued(*_ASKED, with_ordinality="place", name="asked").render_derived()


def _value(aggregation: str, distinct_by: str | None, rate: LateralFromClause | None) -> ColumnElement[Any]:
    if distinct_by is not None:
        return func.count(observations.c.dimensions[distinct_by].astext.distinct())
    return _VALUES[aggregation](money.amount(rate))
