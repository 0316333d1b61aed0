"""Exchange rates, kept with every revision, and what their change touches."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import any_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.performance.domain.observations.exchange_rate import ExchangeRate
from services.performance.domain.observations.observation import Touch
from services.performance.store.tables.money import exchange_rates, measure_currencies
from services.performance.store.tables.scoring import observations
from shared.core.periods import Period
from shared.kit.db import Transaction

_ALONE = text("SELECT pg_advisory_xact_lock(33, hashtext(current_setting('app.tenant')))")
_RECORD = """
WITH said AS (
    SELECT * FROM unnest($4::text[], $5::text[], $6::date[], $7::numeric[]) AS rate (base, quote, day, rate)
), news AS MATERIALIZED (
    SELECT said.*, known.revision AS former FROM said
    LEFT JOIN LATERAL (
        SELECT revision, rate, source FROM exchange_rates
        WHERE tenant_id = $1 AND (base, quote, day) = (said.base, said.quote, said.day)
        ORDER BY revision DESC LIMIT 1
    ) AS known ON true
    WHERE known.rate IS DISTINCT FROM said.rate OR (known.rate IS NOT NULL AND known.source <> $2)
), superseded AS (
    UPDATE exchange_rates AS known SET superseded_at = $3 FROM news
    WHERE (known.tenant_id, known.base, known.quote, known.day, known.revision)
        = ($1, news.base, news.quote, news.day, news.former)
)
INSERT INTO exchange_rates (tenant_id, base, quote, day, revision, rate, source, recorded_at)
SELECT $1, base, quote, day, coalesce(former + 1, 0), rate, $2, $3 FROM news
RETURNING base, quote, day, rate, revision
"""
_SEEN = select(measure_currencies.c.measure, measure_currencies.c.currency).where(
    measure_currencies.c.measure == any_(bindparam("measures", type_=ARRAY(Text)))
)


class ExchangeRateRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def record(self, rates: Sequence[ExchangeRate], *, source: str, at: datetime) -> Mapping[ExchangeRate, int]:
        await self._tx.execute(_ALONE)
        driver = await self._tx.driver()
        columns: list[list[str | date | Decimal | None]] = [
            [getattr(rate, name) for rate in rates] for name in ("base", "quote", "day", "rate")
        ]
        rows = await driver.fetch(_RECORD, self._tenant_id, source, at, *columns)
        return {ExchangeRate(row["base"], row["quote"], row["day"], row["rate"]): row["revision"] for row in rows}

    async def recorded_since(self, since: datetime | None) -> Sequence[ExchangeRate]:
        table = exchange_rates.c
        statement = select(table.base, table.quote, table.day, table.rate).where(table.superseded_at.is_(None))
        if since is not None:
            statement = statement.where(table.recorded_at > since)
        return [ExchangeRate(**row) for row in (await self._tx.execute(statement)).mappings()]

    async def currencies(self, measures: Collection[str]) -> Mapping[str, Collection[str]]:
        seen: dict[str, set[str]] = defaultdict(set)
        for row in await self._tx.execute(_SEEN, {"measures": list(measures)}):
            seen[row.measure].add(row.currency)
        return seen

    async def touched(
        self, cycle: Period, days: Period, *, bases: Collection[str], by_day: Collection[str], fixed: Collection[str]
    ) -> Sequence[Touch]:
        table = observations.c
        converted = (
            (table.measure.in_(by_day)) & (table.credit_date >= days.starts_on) & (table.credit_date < days.ends_on)
        )
        in_cycle = [(day >= cycle.starts_on) & (day < cycle.ends_on) for day in (table.credit_date, table.cohort_date)]
        statement = (
            select(table.measure, table.subject_kind, table.subject_id)
            .where(table.currency.in_(bases), table.superseded_at.is_(None), ~table.retracted)
            .where(or_(converted, table.measure.in_(fixed)), or_(*in_cycle))
            .distinct()
        )
        found = await self._tx.execute(statement)
        return [Touch(row.measure, row.subject_kind, row.subject_id, cycle.starts_on) for row in found]
