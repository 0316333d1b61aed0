"""`/v1/exchange-rates`: by which rates amounts in other currencies count."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.observations.exchange_rate import ExchangeRate
from services.performance.domain.schemes.currency import CODE
from services.performance.usecases.observations.record_rates import record_rates
from shared.kit.http import currencies
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, UpdatedParams, listed

router = new_router(tag="exchange-rates")
MOST = 1000
Currency = Annotated[currencies.Currency, Field(description="ISO 4217", examples=["USD"])]
CurrencyParam = Annotated[str | None, Query(pattern=f"^{CODE}$", description="ISO 4217")]


class RateIn(Body):
    """What one of `base` is worth in `quote`, from `day` until the next one, for ten days at most."""

    base: Currency
    quote: Currency = Field(examples=["CNY"])
    day: Day
    rate: Number | None = Field(description="up to 10 places; null withdraws it", examples=["7.0512"])

    def rate_of(self) -> ExchangeRate:
        return ExchangeRate(self.base, self.quote, self.day, self.rate)


class Rates(Body):
    source: str = Field(min_length=1, max_length=200, description="who says so", examples=["PBOC"])
    items: list[RateIn] = Field(min_length=1, max_length=MOST)


class RateFate(View):
    index: int
    status: Literal["accepted", "replaced", "duplicate"]


class RateFates(View):
    items: list[RateFate]


class RateView(View):
    base: str
    quote: str
    day: date
    rate: Number
    source: str
    revision: int
    updated_at: datetime


@router.get("/exchange-rates", dependencies=[POLICY.allow("exchange_rates:read")])
async def list_exchange_rates(
    queries: QueriesDep, page: UpdatedParams, base: CurrencyParam = None, quote: CurrencyParam = None
) -> Listed[RateView]:
    return listed(await queries.exchange_rates(page, base=base, quote=quote), RateView.model_validate)


@router.put("/exchange-rates", dependencies=[POLICY.allow("exchange_rates:write")])
async def put_exchange_rates(body: Rates, work: WorkDep) -> RateFates:
    """Set rates of some days; the same again changes nothing.

    Scores that are not frozen follow; the others keep the rates they had, and published ones may be revised.
    """
    rates = [item.rate_of() for item in body.items]
    news = await record_rates(work, rates, source=body.source)
    return RateFates(items=[RateFate(index=at, status=_status(news.get(rate))) for at, rate in enumerate(rates)])


def _status(revision: int | None) -> Literal["accepted", "replaced", "duplicate"]:
    if revision is None:
        return "duplicate"
    return "replaced" if revision else "accepted"
