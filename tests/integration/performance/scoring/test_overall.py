"""Bonuses, penalties and vetoes from a published version to the scorecard, its explanation and the event."""

from typing import Any

import httpx
import pytest

from services.performance.usecases.observations.watch_freshness import watch_freshness
from services.performance.wiring import Wiring
from shared.contracts.scores import ScoresChanged
from tests.factories.access import make_hr
from tests.factories.events import published
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import Sellers, draft_version, publish_version, redefine, sales_scheme, three_facts
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
BIG_DEALS = {
    "key": "big_deals", "name": "Big deals", "metric": "sales", "full_mark": "5",
    "rule": {"kind": "binary", "threshold": {"value": "1700000"}},
}  # fmt: skip
DISCORD = {
    "key": "discord", "name": "Discord", "metric": "teamwork", "when": {"below": {"value": "82"}},
    "scope": {"kind": "total"}, "effect": {"kind": "cap_score", "limit": "70"},
}  # fmt: skip


def document(**more: Any) -> dict[str, Any]:
    return {**sales_scheme(), "bonuses": [BIG_DEALS], "vetoes": [DISCORD], **more}


async def test_a_bonus_and_a_veto_reach_card_and_explanation(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    """63.40, 81.90 and 75.20 by items; the second sells enough for the bonus, the third is rated 80."""
    await observe(*three_facts(sellers))
    await draft_version(wiring, sellers, 2, document())
    await publish_version(wiring, sellers, 2)
    hr, shown = bearer(make_hr(sellers.tenant_id)), []
    for person in sellers.people:
        path = f"/v1/scorecards/{sellers.card_of(person)}"
        card = (await client.get(path, headers=hr)).json()
        explained = (await client.get(f"{path}/explanation", headers=hr)).json()["score"]
        shown.append((card["total"], card["adjustments"][0]["points"], card["vetoes"][0]["fired"], card["before_veto"]))
        assert explained["total"] == card["total"]
        assert explained["before_veto"] == card["before_veto"]
        assert [each["fired"] for each in explained["vetoes"]] == [each["fired"] for each in card["vetoes"]]
    assert shown == [
        ("63.40", "0", False, None),
        ("86.90", "5", False, None),
        ("70.00", "0", True, {"total": "75.20", "grade": "fair"}),
    ]


async def test_the_event_carries_what_acted_beside_the_items(
    wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    await draft_version(wiring, sellers, 2, document())
    await publish_version(wiring, sellers, 2)
    changes = [
        change
        for data in await published(wiring.database, sellers.tenant_id, ScoresChanged)
        for change in data["changes"]
        if change["employee_id"] == str(sellers.people[2])
    ]
    last = changes[-1]
    assert last["before_veto"] == {"total": "75.20", "grade": "fair"}
    assert [(line["key"], line["role"], line["points"]) for line in last["items"][-2:]] == [
        ("big_deals", "bonus", "0"),
        ("discord", "veto", "1"),
    ]


async def test_a_simulation_counts_them_too(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await observe(*three_facts(sellers))
    await draft_version(wiring, sellers, 2, document())
    before = await cards()
    answer = await client.post(
        f"/v1/cycles/{sellers.cycle_id}/simulations",
        json={"scheme_id": str(sellers.scheme_id), "version": 2},
        headers=bearer(make_hr(sellers.tenant_id)),
    )
    deltas = {each["employee_id"]: each["delta"] for each in answer.json()["people"]}
    assert [deltas[str(person)] for person in sellers.people] == ["0", "5", "-5.2"]
    assert await cards() == before


async def test_a_stale_source_is_shown_on_them_as_on_items(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await redefine(wiring, sellers, {**SALES, "freshness": {"max_age_workdays": 3}})
    too_little = {**DISCORD, "key": "too_little", "metric": "sales", "when": {"below": {"value": "1"}}}
    await draft_version(wiring, sellers, 2, document(vetoes=[DISCORD, too_little]))
    await publish_version(wiring, sellers, 2)
    await observe(make_observation(subject_id=sellers.people[0], credit_date="2026-06-15", value="1000000"))
    await watch_freshness(wiring.works.of(sellers.tenant_id))
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}"
    card = (await client.get(path, headers=bearer(make_hr(sellers.tenant_id)))).json()
    stale = {line["key"] for lines in ("items", "adjustments", "vetoes") for line in card[lines] if line["stale_since"]}
    assert stale == {"sales", "big_deals", "too_little"}
