"""Observations that count, kept with every revision, and the days up to which sources are complete."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import orjson
from sqlalchemy import DateTime, and_, func, literal, or_, select

from services.performance.domain.observations.completeness import Advance
from services.performance.domain.observations.observation import Observed, Touch
from services.performance.store.tables.scoring import completeness, observations
from shared.contracts.observations import CompletenessDeclared, ObservationItem
from shared.core.periods import FOREVER, Period
from shared.kit.db import Transaction

_RECORD = """
WITH incoming AS (
    SELECT * FROM unnest(
        $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::numeric[], $11::text[],
        $12::timestamptz[], $13::date[], $14::date[], $15::jsonb[], $16::boolean[], $17::boolean[]
    ) AS item (
        observation_id, subject_id, revision, subject_kind, source, remote_id, measure, value, currency,
        occurred_at, credit_date, cohort_date, dimensions, retracted, late
    )
), news AS MATERIALIZED (
    SELECT incoming.*, known.place FROM incoming
    LEFT JOIN LATERAL (
        SELECT ctid AS place, revision FROM observations
        WHERE tenant_id = $1 AND observation_id = incoming.observation_id AND subject_id = incoming.subject_id
        ORDER BY revision DESC LIMIT 1 FOR UPDATE
    ) AS known ON true
    WHERE known.revision IS NULL OR known.revision < incoming.revision
), feeds AS (
    INSERT INTO watermarks AS known (tenant_id, source, measure, newest_on, known_since)
    SELECT $1::uuid, source, measure, least(max(credit_date), $18::date), $2 FROM news GROUP BY source, measure
    HAVING NOT EXISTS (
        SELECT FROM watermarks AS held WHERE held.tenant_id = $1
            AND (held.source, held.measure) = (news.source, news.measure)
            AND held.newest_on >= least(max(news.credit_date), $18::date)
    )
    ORDER BY source, measure
    ON CONFLICT (tenant_id, source, measure)
    DO UPDATE SET newest_on = greatest(known.newest_on, excluded.newest_on)
), currencies AS (
    INSERT INTO measure_currencies (tenant_id, measure, currency)
    SELECT DISTINCT $1::uuid, measure, coalesce(currency, '') FROM news ORDER BY 2, 3
    ON CONFLICT DO NOTHING
), superseded AS (
    UPDATE observations SET superseded_at = $2
    WHERE ctid = ANY (ARRAY(SELECT place FROM news WHERE place IS NOT NULL))
    RETURNING measure, subject_kind, subject_id, credit_date, cohort_date
), recorded AS (
    INSERT INTO observations (
        tenant_id, recorded_at, observation_id, subject_id, revision, subject_kind, source, remote_id, measure, value,
        currency, occurred_at, credit_date, cohort_date, dimensions, retracted, late
    )
    SELECT $1, $2, observation_id, subject_id, revision, subject_kind, source, remote_id, measure, value,
        currency, occurred_at, credit_date, cohort_date, dimensions, retracted, late
    FROM news
    RETURNING measure, subject_kind, subject_id, credit_date, cohort_date
)
SELECT * FROM superseded UNION SELECT * FROM recorded
"""
"""Finds what is known key by key and updates it in place: joins would scan the tenant while statistics are young.

A source's newest day moves once a day, so that batches hardly ever wait for each other; rows are locked in one order.
"""
_DAYS_KNOWN = """
SELECT DISTINCT unnest(ARRAY[known.credit_date, known.cohort_date]) FROM unnest($2::uuid[], $3::uuid[])
    AS item (observation_id, subject_id)
CROSS JOIN LATERAL (
    SELECT credit_date, cohort_date FROM observations
    WHERE tenant_id = $1 AND observation_id = item.observation_id AND subject_id = item.subject_id
    ORDER BY revision DESC LIMIT 1
) AS known
"""
_DECLARE = """
WITH moved AS (
    INSERT INTO watermarks AS known (tenant_id, source, measure, complete_through, declared_at, known_since)
    SELECT $1::uuid, source, measure, max(complete_through), $2::timestamptz, $2::timestamptz
    FROM unnest($3::text[], $4::text[], $5::date[]) AS declared (source, measure, complete_through)
    GROUP BY source, measure ORDER BY source, measure
    ON CONFLICT (tenant_id, source, measure)
    DO UPDATE SET complete_through = excluded.complete_through, declared_at = excluded.declared_at
    WHERE known.complete_through IS NULL OR known.complete_through < excluded.complete_through
    RETURNING source, measure, complete_through
), kept AS (
    INSERT INTO completeness (tenant_id, source, measure, complete_through, declared_at)
    SELECT $1, source, measure, complete_through, $2 FROM moved
)
SELECT moved.measure, known.complete_through AS former, moved.complete_through AS through FROM moved
LEFT JOIN watermarks AS known
    ON (known.tenant_id, known.source, known.measure) = ($1, moved.source, moved.measure)
"""
"""Reads of `watermarks` what was there before it."""


class ObservationRepository:
    """Writes by array: one statement takes a whole batch in."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def record(
        self, items: Sequence[ObservationItem], *, late: Sequence[bool], at: datetime, today: date
    ) -> list[Touch]:
        driver = await self._tx.driver()
        columns = zip(*map(self._row, items, late), strict=True)
        rows = await driver.fetch(_RECORD, self._tenant_id, at, *map(list, columns), today)
        return [Touch(*row) for row in rows]

    async def days_known(self, items: Sequence[ObservationItem]) -> set[date]:
        if not items:
            return set()
        driver = await self._tx.driver()
        ids, subjects = [item.observation_id for item in items], [item.subject_id or self._tenant_id for item in items]
        return {day for (day,) in await driver.fetch(_DAYS_KNOWN, self._tenant_id, ids, subjects) if day is not None}

    async def declare_complete(self, declared: Sequence[CompletenessDeclared], *, at: datetime) -> list[Advance]:
        driver = await self._tx.driver()
        days: list[date] = [FOREVER if each.ended else each.complete_through for each in declared]
        sources, measures = [each.source for each in declared], [each.measure for each in declared]
        rows = await driver.fetch(_DECLARE, self._tenant_id, at, sources, measures, days)
        return [Advance(**row) for row in rows]

    async def advanced_since(self, since: datetime | None) -> list[Advance]:
        table, then = completeness.c, literal(since, DateTime(timezone=True))
        late = or_(then.is_(None), table.declared_at > then)
        former = func.max(table.complete_through).filter(~late)
        statement = (
            select(table.measure, former.label("former"), func.max(table.complete_through).label("through"))
            .group_by(table.source, table.measure)
            .having(func.bool_or(late))
        )
        return [Advance(**row) for row in (await self._tx.execute(statement)).mappings()]

    async def late(self, period: Period, *, since: datetime | None) -> list[Touch]:
        table, days = observations, (observations.c.credit_date, observations.c.cohort_date)
        within = or_(*(and_(day >= period.starts_on, day < period.ends_on) for day in days))
        columns = (table.c[field.name] for field in fields(Touch))
        then = literal(since, DateTime(timezone=True))
        came = and_(table.c.late, or_(then.is_(None), table.c.recorded_at > then))
        went = and_(table.c.superseded_at.is_not(None), or_(then.is_(None), table.c.superseded_at > then))
        statement = select(*columns).where(within, or_(came, went)).distinct()
        return [Touch(**row) for row in (await self._tx.execute(statement)).mappings()]

    async def revisions(self, observation_id: UUID) -> Sequence[Sequence[Observed]]:
        columns = [observations.c[field.name] for field in fields(Observed)]
        statement = select(*columns).where(observations.c.observation_id == observation_id)
        rows = await self._tx.execute(statement.order_by(observations.c.subject_id, observations.c.revision))
        found = [Observed(**row) for row in rows.mappings()]
        return [list(revisions) for _, revisions in groupby(found, key=attrgetter("subject_id"))]

    def _row(self, item: ObservationItem, late: bool) -> tuple[object, ...]:  # noqa: FBT001 -- mapped over two columns
        """Lay an item out in the order of the statement's columns; the company's own key is the tenant."""
        return (
            item.observation_id,
            item.subject_id or self._tenant_id,
            item.revision,
            item.subject_kind,
            item.source,
            item.remote_id,
            item.measure,
            item.value,
            item.currency,
            item.occurred_at,
            item.credit_date,
            item.cohort_date,
            orjson.dumps(item.dimensions).decode(),
            item.retracted,
            late,
        )
