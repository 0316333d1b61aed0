"""Amounts in one currency, inside a side's statement: exact products of value and rate, and why there is none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from services.performance.domain.observations.exchange_rate import VALID_DAYS, Pricing
from services.performance.domain.schemes.currency import Conversion
from services.performance.domain.scoring.states import ItemCode
from services.performance.store.tables.money import exchange_rates
from services.performance.store.tables.scoring import observations

CURRENCY = "currency"
FIXED_ON = "fixed_on"
"""Parameters of a statement that converts."""
_currency = observations.c.currency
_code: BindParameter[str] = bindparam(CURRENCY, type_=Text)


def rate_of(conversion: Conversion, as_of: datetime | BindParameter[datetime] | None) -> LateralFromClause:
    """Find the rate that an amount in another currency is converted by: the newest within its validity."""
    rates = exchange_rates.c
    day = observations.c.credit_date if conversion == "transaction_date" else bindparam(FIXED_ON, type_=Date)
    stands: ColumnElement[bool] = rates.superseded_at.is_(None)
    if as_of is not None:
        stands = and_(rates.recorded_at <= as_of, or_(rates.superseded_at.is_(None), rates.superseded_at > as_of))
    return (
        select(rates.rate, rates.day)
        .where(_currency != _code, rates.base == _currency, rates.quote == _code)
        .where(rates.day <= day, rates.day > day - VALID_DAYS, rates.rate.is_not(None), stands)
        .order_by(rates.day.desc())
        .limit(1)
        .lateral("rate")
    )


def rate_for(pricing: Pricing | None, as_of: datetime | None) -> LateralFromClause | None:
    """Find the rate where amounts are converted; None where they are added up as they are."""
    currency = pricing and pricing.currency
    return rate_of(currency.conversion, as_of) if currency else None


def factor(rate: LateralFromClause) -> ColumnElement[Any]:
    """Give what an amount is multiplied by: 1 in the metric's own currency, null where it cannot be converted."""
    return case((_currency == _code, literal(1)), else_=rate.c.rate)


def converted(rate: LateralFromClause) -> ColumnElement[Any]:
    return observations.c.value * factor(rate)


def amount(rate: LateralFromClause | None) -> ColumnElement[Any]:
    """Give what counts of an observation: its value, converted where there is a `rate`."""
    return observations.c.value if rate is None else converted(rate)


def fault_of(rate: LateralFromClause | None) -> ColumnElement[Any]:
    """Give the code of amounts that cannot be added up; with no `rate` they must be of one currency, or all of none."""
    if rate is None:
        named = func.coalesce(_currency, "").collate("C")
        mixed = func.min(named) != func.max(named)
        return case((mixed, int(ItemCode.CURRENCY_MIXED)), else_=int(ItemCode.NONE)).label("fault")
    unnamed = func.count().filter(_currency.is_(None))
    unpriced = func.count().filter(factor(rate).is_(null()))
    found = case(
        (unnamed > 0, int(ItemCode.CURRENCY_MISSING)),
        (unpriced > 0, int(ItemCode.RATE_MISSING)),
        else_=int(ItemCode.NONE),
    )
    return found.label("fault")


def with_rates(rate: LateralFromClause | None) -> FromClause:
    """Give the observations, each with its rate where amounts are converted."""
    return observations if rate is None else observations.outerjoin(rate, true())


def shown(rate: LateralFromClause | None) -> Sequence[ColumnElement[Any]]:
    """Select an amount's currency, and where it was converted the rate, its day and the amount that counts."""
    if rate is None:
        return (_currency,)
    return (_currency, rate.c.rate, rate.c.day.label("rate_day"), converted(rate).label("converted"))


def asked(pricing: Pricing | None) -> Mapping[str, object]:
    """Give the parameters of a statement that converts."""
    if pricing is None or pricing.currency is None:
        return {}
    fixed = {FIXED_ON: pricing.fixed_on} if pricing.currency.conversion == "cycle_fixed" else {}
    return {CURRENCY: pricing.currency.code, **fixed}
