"""Filters on dimensions: with every aggregation, on each side of a ratio, through corrections that move a value."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.performance.domain.rules import rule_from_document
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.scoring.scoree import Question
from services.performance.usecases.scoring.measure_actuals import measure_actuals
from services.performance.wiring import Wiring
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.procedure import CONVERSION, SALES
from tests.factories.sellers import Sellers, redefine
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
WEB = {"channel": ["web", "app"]}
WEB_NORTH = {**WEB, "region": ["north"]}
ORDERS = (
    # value, channel, region, customer, day
    ("10", "web", "north", "A", "2026-02-01"),
    ("70", "direct", "north", "A", "2026-02-02"),
    ("20", "app", "north", "A", "2026-02-03"),
    ("40", "web", "south", "B", "2026-02-04"),
    ("35", "app", "north", "C", "2026-02-05"),
    ("90", None, "north", "D", "2026-02-06"),
)


def orders(person: UUID, measure: str = "order.amount", **more: Any) -> list[Any]:
    return [
        make_observation(
            subject_id=person,
            measure=measure,
            value=value,
            credit_date=day,
            occurred_at=f"{day}T08:00:00Z",
            dimensions={"region": region, "customer": customer, **({"channel": channel} if channel else {})},
            **more,
        )
        for value, channel, region, customer, day in ORDERS
    ]


async def actual(wiring: Wiring, sellers: Sellers, person: UUID, document: Any) -> tuple[str, Decimal | None]:
    """Measure one person by a metric."""
    metric = Metric.from_document(document)
    item = SchemeItem("it", "It", metric, 10_000, rule_from_document({"kind": "ratio"}, ""))
    async with wiring.works.begin(sellers.tenant_id) as uow:
        cycle = await uow.inputs.cycle(sellers.cycle_id)
        question = Question(metric.key, person, cycle.period)
        found = (await measure_actuals(uow, [(item, question)], cycle=cycle))[question]
    return found.state.label, found.value


@pytest.mark.parametrize(
    ("aggregation", "filters", "expected"),
    [
        ("sum", {}, "265"),
        ("sum", WEB, "105"),
        ("sum", WEB_NORTH, "65"),
        ("mean", WEB, "26.25"),
        ("mean", WEB_NORTH, "21.6666666667"),
        ("last", WEB, "35"),
        ("last", {"channel": ["web"]}, "40"),
        ("max", WEB, "40"),
        ("max", WEB_NORTH, "35"),
        ("min", {"region": ["south"]}, "40"),
        ("count", WEB, "4"),
        ("count", WEB_NORTH, "3"),
        ("count_distinct", {}, "4"),
        ("count_distinct", WEB, "3"),
        ("count_distinct", WEB_NORTH, "2"),
        ("rating", WEB, "26.25"),
    ],
)
async def test_every_aggregation_takes_in_what_the_filters_admit(
    wiring: Wiring, sellers: Sellers, observe: Observe, *, aggregation: str, filters: Any, expected: str
) -> None:
    person = uuid4()
    await observe(*orders(person), *orders(uuid4()))
    distinct = {"distinct_by": "customer"} if aggregation == "count_distinct" else {}
    document = {**SALES, "aggregation": aggregation, "filters": filters, **distinct}
    assert await actual(wiring, sellers, person, document) == ("value", Decimal(expected))


@pytest.mark.parametrize("aggregation", ["mean", "last", "max", "min", "rating", "sum", "count", "count_distinct"])
async def test_where_filters_admit_nothing_there_are_no_rows(
    wiring: Wiring, sellers: Sellers, observe: Observe, aggregation: str
) -> None:
    person = uuid4()
    await observe(*orders(person))
    distinct = {"distinct_by": "customer"} if aggregation == "count_distinct" else {}
    document = {**SALES, "aggregation": aggregation, "filters": {"channel": ["fax"]}, **distinct}
    assert await actual(wiring, sellers, person, document) == ("pending", None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        ({"aggregation": "sum", "filters": WEB}, {"aggregation": "sum"}, "0.3962264151"),
        ({"aggregation": "count"}, {"aggregation": "count", "filters": WEB}, "1.5"),
        ({"aggregation": "sum", "filters": WEB_NORTH}, {"aggregation": "count", "filters": WEB}, "16.25"),
    ],
)
async def test_each_side_of_a_ratio_has_filters_of_its_own(
    wiring: Wiring, sellers: Sellers, observe: Observe, *, numerator: Any, denominator: Any, expected: str
) -> None:
    person = uuid4()
    await observe(*orders(person, "lead.won", cohort_date="2026-03-01"), *orders(person, "lead.created"))
    document = {
        **CONVERSION,
        "numerator": {"measure": "lead.won", "credit": "cohort_date", **numerator},
        "denominator": {"measure": "lead.created", **denominator},
    }
    assert await actual(wiring, sellers, person, document) == ("value", Decimal(expected))


async def test_a_correction_that_moves_a_dimension_moves_the_score(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    person = sellers.people[0]
    await redefine(wiring, sellers, {**SALES, "filters": WEB})
    first = make_observation(subject_id=person, value="500000", dimensions={"channel": "direct"})
    await observe(first, make_observation(subject_id=person, value="250000", dimensions={"channel": "app"}))
    assert (await cards())[person].result.items[0].actual == Decimal(250000)
    await observe(first.model_copy(update={"revision": 2, "dimensions": {"channel": "web"}}))
    assert (await cards())[person].result.items[0].actual == Decimal(750000)
    await observe(first.model_copy(update={"revision": 3, "dimensions": {}}))
    assert (await cards())[person].result.items[0].actual == Decimal(250000)
    path = f"/v1/observations/{first.observation_id}/uses"
    uses = (await client.get(path, headers=bearer(make_hr(sellers.tenant_id)))).json()["uses"]
    assert [(use["item"], use["fate"]) for use in uses] == [("sales", "filtered")]


async def test_filters_and_currencies_go_together(wiring: Wiring, sellers: Sellers, observe: Observe) -> None:
    """Only what the filters admit needs a rate, or can be of another currency."""
    person = uuid4()
    dimensions = {"channel": "web"}
    await observe(
        make_observation(subject_id=person, value="10", currency="CNY", dimensions=dimensions),
        make_observation(subject_id=person, value="99", currency="USD", dimensions={"channel": "direct"}),
    )
    for more in ({}, {"currency": {"code": "CNY"}}):
        document = {**SALES, "filters": WEB, **more}
        assert await actual(wiring, sellers, person, document) == ("value", Decimal(10))
