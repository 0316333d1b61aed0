"""Which of several observations a number is, where an aggregation takes one: said by uses, lists and explanations."""

import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.performance.domain.observations.exchange_rate import Pricing
from services.performance.domain.schemes.currency import MetricCurrency
from services.performance.domain.schemes.metric import EVERYTHING, Metric
from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.usecases.ports.observations import Intake
from services.performance.wiring import Wiring
from shared.contracts.observations import ObservationItem
from shared.core.periods import Period
from tests.factories.access import make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.money import Desk
from tests.factories.performance import get, make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import LONG_AGO, Sellers, freeze, make_employee, redefine
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
ORDERS: Mapping[str, tuple[str, str, str | None]] = {
    # value, instant, customer
    "small": ("10", "2026-02-01T08:00:00Z", "A"),
    "large": ("70", "2026-02-02T08:00:00Z", "B"),
    "again": ("70", "2026-02-03T08:00:00Z", "A"),
    "least": ("10", "2026-02-04T08:00:00Z", "B"),
    "final": ("40", "2026-02-04T08:00:00Z", None),
}
COUNTS = ("counted", None)


def order(person: UUID, value: str, at: str, customer: str | None = None, **more: Any) -> ObservationItem:
    dimensions = {} if customer is None else {"customer": customer}
    fields = {"credit_date": at[:10], "dimensions": dimensions, **more}
    return make_observation(subject_id=person, value=value, occurred_at=at, **fields)


def metric(aggregation: str, **more: Any) -> dict[str, Any]:
    distinct = {"distinct_by": "customer"} if aggregation == "count_distinct" else {}
    return {**SALES, "aggregation": aggregation, **distinct, **more}


@pytest.fixture
def desk(client: httpx.AsyncClient, sellers: Sellers) -> Desk:
    return Desk(client, sellers)


async def fates(desk: Desk, named: Mapping[str, ObservationItem]) -> dict[str, tuple[str, str | None]]:
    """Ask of each observation for its use by sales: its fate, and the name of what counted instead."""
    names: dict[str | None, str] = {str(each.observation_id): name for name, each in named.items()}
    found = {}
    for name, each in named.items():
        (use,) = (await desk.get(f"/v1/observations/{each.observation_id}/uses"))["uses"]
        assert use["counted"] is (use["fate"] == "counted")
        found[name] = (use["fate"], names.get(use["counted_instead"]))
    return found


@pytest.mark.parametrize(
    ("aggregation", "expected", "actual"),
    [
        (
            "max",
            {
                "small": ("outranked", "large"),
                "large": COUNTS,
                "again": ("outranked", "large"),
                "least": ("outranked", "large"),
                "final": ("outranked", "large"),
            },
            "70",
        ),
        (
            "min",
            {
                "small": COUNTS,
                "large": ("outranked", "small"),
                "again": ("outranked", "small"),
                "least": ("outranked", "small"),
                "final": ("outranked", "small"),
            },
            "10",
        ),
        (
            "last",
            {
                "small": ("outranked", "final"),
                "large": ("outranked", "final"),
                "again": ("outranked", "final"),
                "least": ("outranked", "final"),
                "final": COUNTS,
            },
            "40",
        ),
        (
            "count_distinct",
            {
                "small": COUNTS,
                "large": COUNTS,
                "again": ("repeated", "small"),
                "least": ("repeated", "large"),
                "final": ("no_dimension", None),
            },
            "2",
        ),
        ("sum", dict.fromkeys(ORDERS, COUNTS), "200"),
    ],
)
async def test_uses_lists_and_explanations_say_what_a_number_is_made_of(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, *, aggregation: str, expected: Any,
    actual: str,
) -> None:  # fmt: skip
    """Of what happened at once the higher id is the last; of equal values the earliest stands for all."""
    person = sellers.people[0]
    await redefine(wiring, sellers, metric(aggregation))
    named = {name: order(person, *fields) for name, fields in ORDERS.items()}
    await observe(*named.values())
    assert await fates(desk, named) == expected
    card = (await cards())[person]
    assert card.result.items[0].actual == Decimal(actual)
    path = f"/v1/scorecards/{card.id}"
    (side,) = (await desk.get(f"{path}/explanation"))["sources"][0]["sides"]
    pages: list[Any] = []
    cursor: dict[str, str] = {}
    for _ in named:
        page = await desk.get(f"{path}/items/sales/observations", limit=1, **cursor)
        pages += page["data"]
        cursor = {"cursor": page["next_cursor"]}
    assert pages == side["observations"]
    ids = {str(each.observation_id): name for name, each in named.items()}
    shown = {ids[each["observation_id"]]: (each["fate"], ids.get(each["counted_instead"])) for each in pages}
    assert shown == expected
    counted = [Decimal(each["value"]) for each in pages if each["fate"] == "counted"]
    assert (len(counted) if aggregation == "count_distinct" else sum(counted)) == Decimal(side["value"])


async def test_what_is_not_admitted_outranks_nothing(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, metric("max", filters={"customer": ["A"]}))
    named = {
        "filtered": order(person, "90", "2026-02-01T08:00:00Z", "B"),
        "picked": order(person, "20", "2026-02-02T08:00:00Z", "A"),
        "outranked": order(person, "10", "2026-02-03T08:00:00Z", "A"),
        "before": order(person, "99", "2025-02-03T08:00:00Z", "A", credit_date="2025-02-03", cohort_date="2026-02-03"),
    }
    await observe(*named.values())
    assert await fates(desk, named) == {
        "filtered": ("filtered", None),
        "picked": COUNTS,
        "outranked": ("outranked", "picked"),
        "before": ("outside_period", None),
    }
    retraction = named["picked"].model_copy(update={"revision": 2, "retracted": True})
    await observe(retraction)
    assert await fates(desk, {"picked": retraction, "outranked": named["outranked"]}) == {
        "picked": ("retracted", None),
        "outranked": COUNTS,
    }


async def test_each_segment_picks_its_own(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    """Somebody works elsewhere in April, where nobody is scored."""
    person = sellers.people[0]
    await redefine(wiring, sellers, metric("max"))
    event = make_employee(sellers, person, work_number="S000", sequence=2)
    (spell,) = event.employments
    days = (LONG_AGO.date(), date(2026, 4, 1), date(2026, 5, 1), None)
    spells = tuple(
        spell.model_copy(update={"id": uuid4(), "department_id": where, "starts_on": starts_on, "ends_on": ends_on})
        for where, (starts_on, ends_on) in zip((spell.department_id, uuid4()) * 2, pairwise(days), strict=False)
    )
    named = {
        "winter": order(person, "50", "2026-02-02T08:00:00Z"),
        "less": order(person, "40", "2026-03-02T08:00:00Z"),
        "between": order(person, "99", "2026-04-02T08:00:00Z"),
        "spring": order(person, "30", "2026-05-02T08:00:00Z"),
        "least": order(person, "20", "2026-06-02T08:00:00Z"),
    }
    await observe(*named.values())
    await follow_organisation(wiring.works.of(sellers.tenant_id), [event.model_copy(update={"employments": spells})])
    assert len((await cards())[person].result.segments) == 2
    assert await fates(desk, named) == {
        "winter": COUNTS,
        "less": ("outranked", "winter"),
        "between": ("not_in_place", None),
        "spring": COUNTS,
        "least": ("outranked", "spring"),
    }


async def test_a_frozen_number_is_what_had_arrived_for_it(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, metric("max"))
    first = order(person, "10", "2026-02-01T08:00:00Z")
    await observe(first)
    then = (await cards())[person]
    larger = order(person, "20", "2026-02-02T08:00:00Z")
    await observe(larger)
    assert (await fates(desk, {"first": first, "larger": larger}))["first"] == ("outranked", "larger")
    path = f"/v1/scorecards/{then.id}/items/sales/observations"
    (shown,) = (await desk.get(path, as_of=then.scored_at))["data"]
    assert (shown["observation_id"], shown["fate"]) == (str(first.observation_id), "counted")
    await freeze(wiring, sellers)
    late = order(person, "30", "2026-02-03T08:00:00Z")
    await observe(late)
    assert await fates(desk, {"first": first, "larger": larger, "late": late}) == {
        "first": ("outranked", "larger"),
        "larger": COUNTS,
        "late": ("late", None),
    }


async def test_the_largest_is_looked_for_among_converted_amounts(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    """Without a rate there is no number: nothing is picked, and all are waited with."""
    person = sellers.people[0]
    await redefine(wiring, sellers, metric("max", currency={"code": "CNY"}))
    named = {
        "yuan": order(person, "500", "2026-02-02T08:00:00Z", currency="CNY"),
        "dollars": order(person, "100", "2026-02-03T08:00:00Z", currency="USD"),
    }
    await observe(*named.values())
    assert (await cards())[person].result.items[0].code == "rate_missing"
    assert await fates(desk, named) == {"yuan": COUNTS, "dollars": COUNTS}
    for rate, picked, outranked in (("7", "dollars", "yuan"), ("4", "yuan", "dollars")):
        assert await desk.rate("2026-02-01", rate) in {"accepted", "replaced"}
        assert await fates(desk, named) == {picked: COUNTS, outranked: ("outranked", picked)}


async def test_who_may_not_list_observations_is_not_told_which_was_picked(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await redefine(wiring, sellers, metric("max", level="department"))
    fields = {"subject_kind": "department", "subject_id": sellers.department_id}
    small, large = (make_observation(value=value, **fields) for value in ("1", "2"))
    await observe(small, large)
    path = f"/v1/observations/{small.observation_id}/uses"
    for caller, told in (
        (make_hr(sellers.tenant_id), str(large.observation_id)),
        (make_person(sellers.tenant_id, sellers.people[0]), None),
    ):
        uses = (await get(client, caller, path))["uses"]
        assert {(use["fate"], use["counted_instead"]) for use in uses} == {("outranked", told)}
    card = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}/items/sales/observations"
    colleague = make_person(sellers.tenant_id, sellers.people[0])
    assert (await client.get(card, headers=bearer(colleague))).status_code == 403


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_picked_is_what_the_aggregate_gives(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, seed: int
) -> None:
    """Random amounts with ties, many at the same instant, in one currency and in two, with a rate and without."""
    dice = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    await desk.rate("2026-02-01", "2")
    people = [uuid4() for _ in range(40)]
    orders = [drawn(dice, person) for person in people for _ in range(dice.randint(1, 7))]
    await observe(*dice.sample(orders, len(orders)))
    period, by_id = Period(date(2026, 1, 1), date(2026, 7, 1)), {each.observation_id: each for each in orders}
    for aggregation, code in product(("max", "min", "last", "count_distinct"), ("CNY", "EUR", None)):
        (side,) = Metric.from_document(metric(aggregation)).sides
        currency = None if code is None else MetricCurrency(code)
        pricing = None if aggregation == "count_distinct" else Pricing(currency, period.starts_on)
        intakes = [Intake(side, person, period, None, pricing) for person in people]
        async with wiring.works.begin(sellers.tenant_id) as uow:
            found = await uow.aggregates.of_side(side, [(person, period) for person in people], pricing=pricing)
            picks = [await uow.aggregates.picked(intake, [*CUSTOMERS, EVERYTHING]) for intake in intakes]
        for each, picked in zip(found, picks, strict=True):
            values = [yuan(by_id[picked_id], code) for picked_id in picked.values()]
            expected = [] if each.fault else [each.value]
            assert ([len(values)] if aggregation == "count_distinct" else values) == expected


CUSTOMERS = ("A", "B", "C")


def drawn(dice: random.Random, person: UUID) -> ObservationItem:
    at = dice.choice(["2026-02-02T08:00:00Z", "2026-02-02T09:00:00Z", "2026-02-03T08:00:00Z"])
    currency = dice.choice(["CNY", "CNY", "CNY", "USD"])
    return order(person, dice.choice("1234"), at, dice.choice([*CUSTOMERS, None]), currency=currency)


def yuan(item: ObservationItem, code: str | None) -> Decimal:
    """Convert at 2 yuan the dollar; without a currency values are taken as they are."""
    return item.value * (2 if (item.currency, code) == ("USD", "CNY") else 1)
