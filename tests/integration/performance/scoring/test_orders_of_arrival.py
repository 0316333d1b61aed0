"""The same observations in two orders, for two companies alike: lines, totals and grades agree in every digit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.performance.domain.catalogue import DefinedMetric
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.scoring.scorecard import Result
from services.performance.usecases.observations.declare_complete import declare_complete
from services.performance.usecases.observations.record_observations import record_observations
from services.performance.wiring import Wiring
from shared.contracts.observations import CompletenessDeclared
from shared.core.ids import Uuid7
from tests.factories.installation import Installation, announce_tenant
from tests.factories.performance import make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import LONG_AGO, Sellers, draft_version, open_sellers, publish_version, sales_scheme
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio
MEASURES = ("order.amount", "lead.created", "lead.won", "feedback.teamwork")
EVE = date(2025, 12, 30)
_ids = Uuid7()


class Fact(NamedTuple):
    """One revision of one observation about one of two sellers."""

    observation: int
    person: int
    revision: int
    measure: str
    cents: int
    day: int
    """From 30 December, so that some days lie outside of the half-year."""
    retracted: bool


class Complete(NamedTuple):
    measure: str
    day: int


facts = st.builds(
    Fact,
    observation=st.integers(0, 4),
    person=st.integers(0, 1),
    revision=st.integers(1, 4),
    measure=st.sampled_from(MEASURES),
    cents=st.integers(0, 9_000) | st.integers(0, 200_000_000),
    day=st.integers(0, 6) | st.integers(0, 190),
    retracted=st.sampled_from([False, False, False, True]),
)
declared = st.builds(Complete, st.sampled_from(MEASURES), st.sampled_from([0, 60, 183, 200]))


@st.composite
def two_orders(draw: st.DrawFn) -> Sequence[Sequence[Sequence[Fact | Complete]]]:
    """Draw what arrives, some of it twice, and two orders of it, each in batches of its own."""
    once = draw(st.lists(facts, min_size=2, max_size=14, unique_by=lambda fact: fact[:3]))
    again = draw(st.lists(st.sampled_from(once), max_size=3))
    arriving: list[Fact | Complete] = [*once, *again, *draw(st.lists(declared, max_size=2))]
    return [_batches(draw, draw(st.permutations(arriving))) for _ in range(2)]


def _batches(draw: st.DrawFn, arriving: Sequence[Fact | Complete]) -> list[Sequence[Fact | Complete]]:
    size = draw(st.integers(1, 5))
    return [arriving[start : start + size] for start in range(0, len(arriving), size)]


@given(orders=two_orders())
@settings(max_examples=12, derandomize=True, suppress_health_check=list(HealthCheck))
async def test_two_orders_end_in_the_same_digits(
    wiring: Wiring, installation: Installation, orders: Sequence[Sequence[Sequence[Fact | Complete]]]
) -> None:
    observations = [_ids.new() for _ in range(5)]
    one, other = [await scored(wiring, installation, observations, order) for order in orders]
    assert one == other


async def scored(
    wiring: Wiring,
    installation: Installation,
    observations: Sequence[UUID],
    batches: Sequence[Sequence[Fact | Complete]],
) -> list[Result]:
    """Let batches arrive in a new company; gives the results of its sellers, without the ids of where they work."""
    sellers = await company(wiring, installation)
    work = wiring.works.of(sellers.tenant_id)
    for batch in batches:
        said = [_declaration(each) for each in batch if isinstance(each, Complete)]
        items = [_item(sellers, observations, each) for each in batch if isinstance(each, Fact)]
        if said:
            await declare_complete(work, said)
        if items:
            await record_observations(work, items)
    async with wiring.works.begin(sellers.tenant_id) as uow:
        cards = {card.employee_id: card.result for card in await uow.scorecards.of_cycle(sellers.cycle_id)}
    return [replace(cards[person], segments=()) for person in sellers.people]


async def company(wiring: Wiring, installation: Installation) -> Sellers:
    """Open two sellers, who are also measured by their last, largest and mean order."""
    tenant = make_tenant()
    await announce_tenant(installation, tenant)
    sellers = await open_sellers(wiring, tenant.tenant_id, count=2)
    document = sales_scheme(sales=3000)
    stamps: dict[str, Any] = {"sequence": 1, "created_at": LONG_AGO, "updated_at": LONG_AGO}
    async with wiring.works.begin(sellers.tenant_id) as uow:
        for aggregation in ("last", "max", "mean"):
            metric = Metric.from_document(
                {**SALES, "key": aggregation, "name": aggregation, "aggregation": aggregation}
            )
            await uow.metrics.add(DefinedMetric(_ids.new(), metric, **stamps))
            named = {"key": aggregation, "name": aggregation, "metric": aggregation, "weight": 1000}
            document["items"].append({**named, "rule": {"kind": "ratio"}, "default_target": "70000"})
        await uow.commit()
    await draft_version(wiring, sellers, 2, document)
    await publish_version(wiring, sellers, 2)
    return sellers


def _item(sellers: Sellers, observations: Sequence[UUID], fact: Fact) -> Any:
    day = EVE + timedelta(days=fact.day)
    return make_observation(
        observation_id=observations[fact.observation],
        remote_id=f"SO-{fact.observation}",
        revision=fact.revision,
        measure=fact.measure,
        subject_id=sellers.people[fact.person],
        value=str(Decimal(fact.cents) / 100),
        occurred_at=datetime(day.year, day.month, day.day, 8, tzinfo=UTC),
        credit_date=day.isoformat(),
        cohort_date=day.isoformat(),
        retracted=fact.retracted,
    )


def _declaration(said: Complete) -> CompletenessDeclared:
    through = (EVE + timedelta(days=said.day)).isoformat()
    return CompletenessDeclared(source="crm", measure=said.measure, complete_through=through)
