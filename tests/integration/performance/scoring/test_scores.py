"""Scores follow what they depend on: observations in any order, targets, scheme versions; nothing else moves them."""

import random
from uuid import UUID

import pytest

from services.performance.domain.scorecard import Scorecard
from services.performance.usecases.record_observations import record_observations
from services.performance.wiring import Wiring
from shared.contracts.observations import ObservationItem
from tests.factories.sellers import Sellers, draft_version, facts_of, open_sellers, publish_version, sales_scheme, set_targets

pytestmark = pytest.mark.anyio
THREE = (("1260000", 55, "85"), ("1730000", 95, "90"), ("1150000", 100, "80"))


def facts(sellers: Sellers) -> list[ObservationItem]:
    return [
        item
        for person, (sales, conversion, teamwork) in zip(sellers.people, THREE, strict=True)
        for item in facts_of(person, sales=sales, conversion=conversion, teamwork=teamwork)
    ]


async def observe(wiring: Wiring, tenant_id: UUID, *items: ObservationItem) -> None:
    await record_observations(wiring.works.of(tenant_id), items)


async def cards(wiring: Wiring, sellers: Sellers) -> dict[UUID, Scorecard]:
    async with wiring.works.begin(sellers.tenant_id) as uow:
        return {card.employee_id: card for card in await uow.scorecards.of_cycle(sellers.cycle_id)}


async def totals(wiring: Wiring, sellers: Sellers) -> list[str]:
    found = await cards(wiring, sellers)
    return [f"{found[person].result.total:.2f}" for person in sellers.people]


async def test_three_sellers_follow_targets_and_weights_line_by_line(wiring: Wiring, tenant_id: UUID) -> None:
    sellers = await open_sellers(wiring, tenant_id)
    await observe(wiring, tenant_id, *facts(sellers))
    assert await totals(wiring, sellers) == ["63.40", "81.90", "75.20"]
    await set_targets(wiring, sellers, "1200000")
    assert await totals(wiring, sellers) == ["61.00", "79.50", "72.50"]
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    await publish_version(wiring, sellers, 2)
    assert await totals(wiring, sellers) == ["60.50", "82.00", "76.75"]
