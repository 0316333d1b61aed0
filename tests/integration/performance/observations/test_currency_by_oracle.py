"""Random amounts in several currencies come to what the oracle says."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import pytest

from services.performance.domain.exact import Rationals, integers
from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.schemes.currency import MetricCurrency
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.scoring.actuals import Aggregates, actuals_of
from services.performance.wiring import Wiring
from shared.core.periods import Period
from tests.factories.money import Desk
from tests.factories.performance import make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import Sellers
from tests.integration.performance.conftest import Observe
from tests.oracle import money

pytestmark = pytest.mark.anyio
DAYS = [date(2026, 2, 1) + timedelta(days=number) for number in range(28)]
CURRENCIES = ("CNY", "USD", "EUR", "JPY")


def drawn_rates(dice: random.Random) -> dict[tuple[str, str, date], Fraction]:
    pairs = [("USD", "CNY"), ("EUR", "CNY"), ("JPY", "CNY"), ("CNY", "USD")]
    return {
        (*pair, day): Fraction(dice.randrange(1, 10**11), 10 ** dice.choice([2, 6, 10]))
        for pair in pairs
        for day in dice.sample(DAYS, dice.choice([3, 9]))
    }


def drawn_amounts(dice: random.Random) -> list[money.Amount]:
    among = dice.choice([CURRENCIES, CURRENCIES[:2], CURRENCIES[:1], (*CURRENCIES, None), (None,)])
    return [
        money.Amount(Fraction(dice.randrange(-(10**9), 10**12), 10**6), dice.choice(among), day)
        for day in sorted(dice.sample(DAYS, dice.randint(1, 8)))
    ]


def decimal(value: Fraction) -> str:
    return f"{Decimal(value.numerator * 10**10 // value.denominator).scaleb(-10):f}"


@pytest.mark.parametrize("seed", range(4))
async def test_random_amounts_agree_with_the_oracle(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, seed: int
) -> None:
    desk = Desk(client, sellers)
    dice = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    rates = drawn_rates(dice)
    items = [
        {"base": base, "quote": quote, "day": day.isoformat(), "rate": decimal(rate)}
        for (base, quote, day), rate in rates.items()
    ]
    wrong = [{**item, "rate": "1.5"} for item in items[::3]]
    for batch in (wrong, items):
        assert (await desk.put({"source": "PBOC", "items": batch})).status_code == 200
    people = {uuid4(): drawn_amounts(dice) for _ in range(60)}
    await observe(
        *(
            make_observation(
                subject_id=person,
                value=decimal(amount.value),
                currency=amount.currency,
                credit_date=amount.day,
                occurred_at=datetime.combine(amount.day, datetime.min.time(), UTC),
            )
            for person, amounts in people.items()
            for amount in amounts
        )
    )
    for aggregation in ("sum", "mean", "max", "min", "last"):
        for currency, fixed_on in ((None, None), ("CNY", None), ("CNY", DAYS[9]), ("USD", None)):
            found = await measured(wiring, sellers, list(people), aggregation, currency=currency, fixed_on=fixed_on)
            expected = [
                money.actual(aggregation, amounts, rates, currency=currency, fixed_on=fixed_on)
                for amounts in people.values()
            ]
            assert found == expected, (aggregation, currency, fixed_on)


async def measured(
    wiring: Wiring,
    sellers: Sellers,
    people: list[UUID],
    aggregation: str,
    *,
    currency: str | None,
    fixed_on: date | None,
) -> list[Any]:
    """Measure everybody by one metric; gives actuals, or the codes of those that have none."""
    metric = Metric.from_document({**SALES, "aggregation": aggregation})
    conversion = (
        None if currency is None else MetricCurrency(currency, "cycle_fixed" if fixed_on else "transaction_date")
    )
    pricing = Pricing(conversion, fixed_on or DAYS[0])
    period = Period(DAYS[0], DAYS[-1] + timedelta(days=1))
    async with wiring.works.begin(sellers.tenant_id) as uow:
        spans = [(person, period) for person in people]
        found = await uow.aggregates.of_side(metric.sides[0], spans, pricing=pricing)
    column = Aggregates(
        rows=integers(each.rows for each in found),
        values=Rationals.of(*(each.value for each in found)),
        complete=np.array([True]),
        faults=np.array([each.fault for each in found]),
    )
    answers = actuals_of(metric, [column]).each()
    return [answer.code.label if answer.value is None else Fraction(answer.value) for answer in answers]
