"""What became of an observation: by revision, where a result stands still, and by segment."""

from datetime import date
from typing import Any

import httpx
import pytest

from services.performance.wiring import Wiring
from shared.contracts.observations import ObservationItem
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.money import Desk
from tests.factories.performance import make_observation
from tests.factories.procedure import CONVERSION, SALES
from tests.factories.sellers import (
    Sellers,
    draft_version,
    freeze,
    publish,
    publish_version,
    redefine,
    sales_scheme,
    three_facts,
)
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio
BONUS = {"key": "big_deals", "name": "Big deals", "metric": "sales", "full_mark": "5", "rule": {"kind": "ratio"}}


@pytest.fixture
def desk(client: httpx.AsyncClient, sellers: Sellers) -> Desk:
    return Desk(client, sellers)


async def uses(desk: Desk, item: ObservationItem) -> list[tuple[Any, ...]]:
    """Give of each use the item, the revision it speaks of, its fate, and what has taken its place since."""
    found = (await desk.get(f"/v1/observations/{item.observation_id}/uses"))["uses"]
    return [(use["item"], use["revision"], use["fate"], *(use["newer"] or {}).values()) for use in found]


def corrected(item: ObservationItem, **fields: Any) -> ObservationItem:
    return item.model_copy(update={"revision": item.revision + 1, **fields})


@pytest.mark.parametrize(
    ("correction", "moving", "fate"),
    [
        ({"value": "7"}, [("sales", 2, "counted")], "late"),
        ({"retracted": True}, [("sales", 2, "retracted")], "retracted"),
        ({"credit_date": date(2027, 2, 2)}, [], "outside_period"),
        ({"measure": "feedback.teamwork"}, [("teamwork", 2, "counted")], "other_measure"),
    ],
)
async def test_a_result_that_stands_still_counts_the_revision_it_knows(
    desk: Desk,
    wiring: Wiring,
    sellers: Sellers,
    observe: Observe,
    *,
    correction: dict[str, Any],
    moving: Any,
    fate: str,
) -> None:
    before, after = (make_observation(subject_id=sellers.people[0]) for _ in range(2))
    await observe(before, after)
    assert await uses(desk, before) == [("sales", 1, "counted")]
    await observe(corrected(before, **correction))
    assert await uses(desk, before) == moving
    await freeze(wiring, sellers)
    await observe(corrected(after, **correction))
    for _ in range(2):
        assert await uses(desk, before) == moving
        late = [("teamwork", 1, "other_measure", 2, "late")] if fate == "other_measure" else []
        assert await uses(desk, after) == [("sales", 1, "counted", 2, fate), *late]
        await publish(wiring, sellers)
    assert (await desk.get(f"/v1/observations/{after.observation_id}/uses"))["uses"][0]["counted"] is True


async def test_what_moves_into_a_frozen_cycle_counts_nowhere_in_it_yet(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    order = make_observation(subject_id=sellers.people[0], credit_date="2025-12-01")
    await observe(order)
    assert await uses(desk, order) == []
    await freeze(wiring, sellers)
    await observe(corrected(order, credit_date=date(2026, 3, 3)))
    assert await uses(desk, order) == [("sales", 1, "outside_period", 2, "late")]
    new = make_observation(subject_id=sellers.people[0])
    await observe(new, corrected(new, value="1"))
    assert await uses(desk, new) == [("sales", 2, "late")], "of what had not arrived the newest alone is told"


async def test_an_approved_revision_counts_the_correction(
    desk: Desk, client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    facts = three_facts(sellers)
    await observe(*facts)
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    await observe(corrected(facts[0], value="730000"))
    assert await uses(desk, facts[0]) == [("sales", 1, "counted", 2, "late")]
    (proposed,) = (await desk.get("/v1/revisions", state="proposed"))["data"]
    answer = await client.post(
        f"/v1/revisions/{proposed['id']}/approval",
        json={"reason": "booked wrongly"},
        headers=bearer(make_hr(sellers.tenant_id)) | {"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    assert await uses(desk, facts[0]) == [("sales", 2, "counted")]


async def test_a_frozen_largest_is_the_earlier_revision_whatever_it_is_by_now(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await redefine(wiring, sellers, {**SALES, "aggregation": "max"})
    large, small = (make_observation(subject_id=sellers.people[0], value=value) for value in ("70", "10"))
    await observe(large, small)
    await freeze(wiring, sellers)
    await observe(corrected(large, value="1"), corrected(small, value="90"))
    assert await uses(desk, large) == [("sales", 1, "counted", 2, "late")]
    assert await uses(desk, small) == [("sales", 1, "outranked", 2, "late")]
    (use,) = (await desk.get(f"/v1/observations/{small.observation_id}/uses"))["uses"]
    assert use["counted_instead"] == str(large.observation_id)


async def test_what_acts_on_the_whole_is_in_no_segment(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    order = make_observation(subject_id=sellers.people[0])
    await observe(order)
    await draft_version(wiring, sellers, 2, {**sales_scheme(), "bonuses": [BONUS]})
    await publish_version(wiring, sellers, 2)
    found = (await desk.get(f"/v1/observations/{order.observation_id}/uses"))["uses"]
    assert [(use["item"], use["segment"], use["counted"]) for use in found] == [
        ("sales", 0, True),
        ("big_deals", None, True),
    ]


async def test_both_sides_of_a_ratio_over_the_same_measure_are_told_apart(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    won = {"filters": {"outcome": ["won"]}, "aggregation": "count"}
    numerator, denominator = (
        {"measure": "lead", "credit": "own_date", **more} for more in (won, {"aggregation": "count"})
    )
    await redefine(wiring, sellers, {**CONVERSION, "numerator": numerator, "denominator": denominator})
    lost = make_observation(subject_id=sellers.people[0], measure="lead", dimensions={"outcome": "lost"})
    await observe(lost)
    found = (await desk.get(f"/v1/observations/{lost.observation_id}/uses"))["uses"]
    assert [(use["role"], use["fate"]) for use in found] == [("numerator", "filtered"), ("denominator", "counted")]
