"""Money in several currencies: what it comes to, by which rate, and what becomes of what no rate brings together."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.performance.domain.scoring.scorecard import ScoredItem
from services.performance.wiring import Wiring
from shared.contracts.observations import ObservationItem
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.money import Desk
from tests.factories.performance import make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import Sellers, facts_of, freeze, publish, redefine
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
IN_CNY = {**SALES, "currency": {"code": "CNY"}}
BY_START = {**SALES, "currency": {"code": "CNY", "conversion": "cycle_fixed"}}


@pytest.fixture
def desk(client: httpx.AsyncClient, sellers: Sellers) -> Desk:
    return Desk(client, sellers)


def order(person: UUID, value: str, currency: str | None, day: str) -> Any:
    return make_observation(subject_id=person, value=value, currency=currency, credit_date=day)


def beside_sales(person: UUID) -> list[ObservationItem]:
    """Observe all that the scheme asks for but sales."""
    facts = facts_of(person, sales="0", conversion=55, teamwork="85")
    return [item for item in facts if item.measure != "order.amount"]


def shown(item: ScoredItem) -> tuple[str, str | None, Decimal | None]:
    return item.state, item.code, item.actual


@pytest.mark.parametrize("published", [False, True])
async def test_a_late_rate_proposes_to_revise_what_is_published(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, *, published: bool
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, IN_CNY)
    await observe(*beside_sales(person), order(person, "100000", "USD", "2026-03-04"))
    await desk.rate("2026-03-04", "7")
    await freeze(wiring, sellers)
    if published:
        await publish(wiring, sellers)
    await desk.rate("2026-03-04", "8")
    if not published:
        await publish(wiring, sellers)
    assert shown((await cards())[person].result.items[0])[2] == 700_000
    (revision,) = (await desk.get("/v1/revisions"))["data"]
    assert [(line["previous_actual"], line["actual"]) for line in revision["lines"]] == [("700000", "800000")]


async def test_amounts_are_converted_by_the_rate_of_their_day(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, IN_CNY)
    await observe(order(person, "1000", "CNY", "2026-02-02"), order(person, "99.99", "USD", "2026-02-08"))
    assert shown((await cards())[person].result.items[0]) == ("pending", "rate_missing", None)
    assert await desk.rate("2026-02-06", "7.0512345678") == "accepted"  # a Friday; the amount is a Sunday's
    card = (await cards())[person]
    assert shown(card.result.items[0]) == ("value", None, Decimal("1705.0529444343"))  # 705.052944434322 half up
    explained = await desk.get(f"/v1/scorecards/{card.id}/explanation")
    side = explained["sources"][0]["sides"][0]
    assert side["currency"] == {"code": "CNY", "conversion": "transaction_date"}
    own, foreign = side["observations"]
    assert (own["currency"], own["rate"], own["converted"]) == ("CNY", None, "1000")
    assert (foreign["value"], foreign["currency"]) == ("99.99", "USD")
    assert (foreign["rate"], foreign["rate_day"]) == ("7.0512345678", "2026-02-06")
    assert foreign["converted"] == "705.052944434322"
    assert Decimal(side["value"]) == Decimal("1705.052944434322")


async def test_a_rate_is_too_old_after_ten_days_and_never_turned_round(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, IN_CNY)
    await observe(order(person, "100", "USD", "2026-02-11"))
    await desk.rate("2026-02-11", "0.14", base="CNY", quote="USD")
    await desk.rate("2026-02-01", "7")
    await desk.rate("2026-02-12", "7")
    card = (await cards())[person]
    assert card.result.items[0].code == "rate_missing"
    sentence = (await desk.get(f"/v1/scorecards/{card.id}/explanation"))["score"]["segments"][0]["items"][0]["sentence"]
    assert "汇率" in sentence["zh"]
    assert "exchange rate" in sentence["en"]
    await desk.rate("2026-02-02", "7.5")
    assert (await cards())[person].result.items[0].actual == Decimal(750)


async def test_a_changed_rate_moves_what_it_touches_until_the_cycle_is_frozen(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    person, other, _ = sellers.people
    await redefine(wiring, sellers, IN_CNY)
    await desk.rate("2026-03-02", "7")
    await observe(order(person, "100000", "USD", "2026-03-03"), *beside_sales(person))
    await observe(order(other, "5", "EUR", "2026-03-03"))
    before = (await cards())[other].sequence
    assert await desk.rate("2026-03-02", "7") == "duplicate"
    assert await desk.rate("2026-03-02", "7.2") == "replaced"
    found = await cards()
    assert found[person].result.items[0].actual == Decimal(720000)
    assert found[other].sequence == before
    runs = await desk.get("/v1/score-runs", cycle_id=str(sellers.cycle_id))
    assert [(run["cause_kind"], run["scored"], run["changed"]) for run in runs["data"]][-1] == ("exchange_rate", 1, 1)
    await freeze(wiring, sellers)
    assert await desk.rate("2026-03-02", "9") == "replaced"
    assert (await cards())[person].result.items[0].actual == Decimal(720000)
    await publish(wiring, sellers)
    card = (await cards())[person]
    assert card.result.items[0].actual == Decimal(720000)
    source = (await desk.get(f"/v1/scorecards/{card.id}/explanation"))["sources"][0]["sides"][0]
    assert [each["rate"] for each in source["observations"] if each["currency"] == "USD"] == ["7.2"]


async def test_a_fixed_rate_is_that_of_the_cycle_s_first_day(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, BY_START)
    await observe(order(person, "100", "USD", "2026-05-05"))
    await desk.rate("2026-05-05", "8")
    assert (await cards())[person].result.items[0].code == "rate_missing"
    await desk.rate("2025-12-31", "7.1")
    assert (await cards())[person].result.items[0].actual == Decimal(710)
    assert await desk.rate("2025-12-31", None) == "replaced"
    assert (await cards())[person].result.items[0].code == "rate_missing"
    assert await desk.rate("2025-12-31", None) == "duplicate"
    listed = await desk.get("/v1/exchange-rates", base="USD", limit=1)
    assert [(rate["day"], rate["rate"], rate["source"]) for rate in listed["data"]] == [("2026-05-05", "8", "PBOC")]


async def test_without_a_currency_of_the_metric_one_is_taken_as_it_is_and_two_are_an_error(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    one, two, none = sellers.people
    await observe(*(order(one, "60", "USD", "2026-02-02") for _ in range(2)))
    await observe(order(two, "60", "USD", "2026-02-02"), order(two, "60", "CNY", "2026-02-02"))
    await observe(order(none, "60", None, "2026-02-02"))
    found = await cards()
    assert found[one].result.items[0].actual == Decimal(120)
    assert shown(found[two].result.items[0]) == ("error", "currency_mixed", None)
    assert found[two].result.state == "blocked"
    assert found[none].result.items[0].actual == Decimal(60)
    await redefine(wiring, sellers, IN_CNY)
    await observe(order(none, "60", "CNY", "2026-02-02"))
    assert shown((await cards())[none].result.items[0]) == ("error", "currency_missing", None)


async def test_an_amount_without_a_rate_is_not_missing_when_the_cycle_ends(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, {**IN_CNY, "missing": {"policy": "zero"}})
    await observe(order(person, "9", "USD", "2026-02-02"), *beside_sales(person))
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    card = (await cards())[person]
    assert shown(card.result.items[0]) == ("pending", "rate_missing", None)
    assert (card.result.state, card.result.grade) == ("pending", None)


@pytest.mark.parametrize(
    ("items", "code", "pointer"),
    [
        ([{"base": "USD", "quote": "USD", "day": "2026-01-01", "rate": "1"}], "rate_of_itself", "/items/0/quote"),
        ([{"base": "USD", "quote": "CNY", "day": "2026-01-01", "rate": "0"}], "rate_not_positive", "/items/0/rate"),
        ([{"base": "USD", "quote": "CNY", "day": "2026-01-01", "rate": "7"}] * 2, "rate_duplicate", "/items/1"),
        (
            [{"base": "USD", "quote": "CNY", "day": "2026-01-01", "rate": "7.00000000001"}],
            "number_too_precise",
            "/items/0/rate",
        ),
        ([{"base": "USD", "quote": "RMB", "day": "2026-01-01", "rate": "7"}], "currency_invalid", "/items/0/quote"),
        (
            [{"base": "usd", "quote": "CNY", "day": "2026-01-01", "rate": "7"}],
            "string_pattern_mismatch",
            "/items/0/base",
        ),
    ],
)
async def test_wrong_rates_are_refused_at_their_place(
    desk: Desk, items: list[Mapping[str, Any]], code: str, pointer: str
) -> None:
    response = await desk.put({"source": "PBOC", "items": items})
    assert response.status_code == 422, response.text
    assert [(each["code"], each["pointer"]) for each in response.json()["errors"]] == [(code, pointer)]


@pytest.mark.parametrize(
    ("more", "code", "pointer"),
    [
        ({"currency": {"code": "yuan"}}, "currency_invalid", "/currency/code"),
        ({"currency": {"code": "RMB"}}, "currency_invalid", "/currency/code"),
        ({"currency": {"code": "CNY"}, "aggregation": "count"}, "currency_of_a_count", "/currency"),
    ],
)
async def test_wrong_currencies_of_metrics_are_refused(
    client: httpx.AsyncClient, sellers: Sellers, more: Mapping[str, Any], code: str, pointer: str
) -> None:
    body = {**SALES, "key": "abroad", **more}
    response = await client.post("/v1/metrics", json=body, headers=bearer(make_hr(sellers.tenant_id)))
    assert response.status_code == 422
    assert [(each["code"], each["pointer"]) for each in response.json()["errors"]] == [(code, pointer)]


async def test_a_metric_keeps_its_currency(client: httpx.AsyncClient, sellers: Sellers) -> None:
    side = {"measure": "cost.amount", "aggregation": "sum", "currency": {"code": "EUR", "conversion": "cycle_fixed"}}
    body = {
        "key": "cost_rate",
        "name": "Cost",
        "unit": "ratio",
        "direction": "lower",
        "aggregation": "ratio",
        "numerator": side,
        "denominator": {"measure": "order.amount", "aggregation": "count"},
    }
    headers = bearer(make_hr(sellers.tenant_id))
    made = await client.post("/v1/metrics", json=body, headers=headers)
    assert made.status_code == 201, made.text
    kept = (await client.get(f"/v1/metrics/{made.json()['id']}", headers=headers)).json()
    assert kept["numerator"]["currency"] == {"code": "EUR", "conversion": "cycle_fixed"}
    assert kept["denominator"]["currency"] is None
