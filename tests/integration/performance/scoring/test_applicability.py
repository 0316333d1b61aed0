"""Items that do not apply to somebody: asked for with a reason, approved by somebody else, and out of the weights."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from shared.contracts.scores import ScoresChanged
from shared.core.access import Principal
from tests.factories.access import make_hr, make_person
from tests.factories.events import published
from tests.factories.installation import bearer
from tests.factories.procedure import CONVERSION, SALES
from tests.factories.sellers import (
    TEAMWORK,
    Sellers,
    draft_version,
    freeze,
    publish,
    publish_version,
    redefine,
    sales_scheme,
    three_facts,
)
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio


class Desk:
    """Asks and approves for one person's scorecard."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client = client
        self.sellers = sellers
        self.person = sellers.people[0]
        self.head = make_person(sellers.tenant_id, sellers.head_id)
        self.hr = make_hr(sellers.tenant_id)

    @property
    def card(self) -> str:
        return f"/v1/scorecards/{self.sellers.card_of(self.person)}"

    async def ask(self, who: Principal, item: str = "sales", *, applicable: bool = False) -> httpx.Response:
        body = {"applicable": applicable, "reason": "on parental leave when leads were given out"}
        return await self.client.put(f"{self.card}/items/{item}/applicability", json=body, headers=bearer(who))

    async def approve(self, who: Principal, item: str = "sales") -> httpx.Response:
        return await self.client.post(f"{self.card}/items/{item}/applicability/approval", headers=bearer(who))

    async def settle(self, item: str, *, applicable: bool = False) -> None:
        """Let the head ask and HR approve."""
        for response in (await self.ask(self.head, item, applicable=applicable), await self.approve(self.hr, item)):
            assert response.status_code == 200, response.text

    async def get(self, path: str, who: Principal | None = None) -> Any:
        response = await self.client.get(path, headers=bearer(who or self.hr))
        assert response.status_code == 200, response.text
        return response.json()

    async def tasks(self, who: Principal) -> list[tuple[str, str]]:
        return [(task["kind"], task["link"]) for task in (await self.get("/v1/tasks", who))["data"]]


@pytest.fixture
def desk(client: httpx.AsyncClient, sellers: Sellers) -> Desk:
    return Desk(client, sellers)


async def test_a_head_asks_and_hr_approves_and_the_weight_is_taken_out(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    await observe(*three_facts(sellers))
    before = (await cards())[desk.person]
    asked = await desk.ask(desk.head)
    assert asked.status_code == 200, asked.text
    assert (asked.json()["applicable"], asked.json()["proposed"]) == (True, False)
    assert (await cards())[desk.person] == before
    waiting = ("applicability.approve", f"{desk.card}/applicability")
    assert waiting in await desk.tasks(desk.hr)
    approved = await desk.approve(desk.hr)
    assert (approved.json()["applicable"], approved.json()["proposed"]) == (False, None)
    assert approved.json()["decided_by"] == desk.hr.subject
    assert waiting not in await desk.tasks(desk.hr)
    result = (await cards())[desk.person].result
    sales = result.items[0]
    assert (sales.state, sales.code, sales.points) == ("not_applicable", "not_applicable", None)
    assert (result.state, result.total) == ("complete", Decimal("62.50"))  # (3000 × 55 + 1000 × 85) / 4000
    (change,) = [
        change
        for event in await published(wiring.database, sellers.tenant_id, ScoresChanged)
        if event["cause"]["kind"] == "applicability"
        for change in event["changes"]
    ]
    assert change["scorecard_id"] == str(sellers.card_of(desk.person))
    assert change["items"][0]["state"] == "not_applicable"
    explained = await desk.get(f"{desk.card}/explanation")
    line = explained["score"]["segments"][0]["items"][0]
    assert line["state"] == "not_applicable"
    assert line["sentence"] == {
        "zh": "Sales：不适用于本人，剔除其权重。",
        "en": "Sales: does not apply to this person, its weight is taken out.",
    }
    assert explained["score"]["total"] == "62.50"
    listed = await desk.get(f"{desk.card}/applicability", make_person(sellers.tenant_id, desk.person))
    assert [(each["item"], each["applicable"], bool(each["reason"])) for each in listed["data"]] == [
        ("sales", False, True)
    ]


async def test_it_can_apply_again_and_stays_as_it_is_once_frozen(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    await observe(*three_facts(sellers))
    await desk.settle("sales")
    await desk.settle("sales", applicable=True)
    assert (await cards())[desk.person].result.total == Decimal("63.40")
    assert (await desk.ask(desk.head)).json()["proposed"] is False
    assert (await desk.ask(desk.head, applicable=True)).json()["proposed"] is None
    assert (await desk.approve(desk.hr)).json()["code"] == "nothing_to_approve"
    await desk.settle("sales")
    await freeze(wiring, sellers)
    for refused in (await desk.ask(desk.head, applicable=True), await desk.approve(desk.hr)):
        assert (refused.status_code, refused.json()["code"]) == (409, "cycle_not_plannable")
    await publish(wiring, sellers)
    card = (await cards())[desk.person]
    assert (card.status, card.result.items[0].state, card.result.total) == (
        "published",
        "not_applicable",
        Decimal("62.50"),
    )


async def test_nobody_decides_about_their_own_nor_alone(sellers: Sellers, desk: Desk) -> None:
    own = make_hr(sellers.tenant_id, employee_id=desk.person)
    for refused in (await desk.ask(own), await desk.approve(own)):
        assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties")
    assert (await desk.ask(desk.hr)).status_code == 200
    alone = await desk.approve(desk.hr)
    assert (alone.status_code, alone.json()["code"]) == (403, "separation_of_duties")
    assert ("applicability.approve", f"{desk.card}/applicability") not in await desk.tasks(desk.hr)
    assert (await desk.approve(make_hr(sellers.tenant_id, subject="another of HR"))).status_code == 200


async def test_who_may_not_and_what_is_not_there(sellers: Sellers, desk: Desk) -> None:
    colleague = make_person(sellers.tenant_id, sellers.people[1])
    assert (await desk.ask(colleague)).status_code == 404
    assert (await desk.approve(desk.head)).status_code == 403
    assert (await desk.ask(make_hr(sellers.tenant_id, hr_departments=(uuid4(),)))).status_code == 404
    unknown = await desk.ask(desk.head, "nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    nothing = await desk.approve(desk.hr)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_approve")


async def test_beyond_the_metric_s_limit_the_card_is_blocked_and_without_any_weight_ungraded(
    wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards, desk: Desk
) -> None:
    await redefine(wiring, sellers, {**SALES, "missing": {"policy": "exclude_and_rescale", "limit": 5999}})
    await observe(*three_facts(sellers))
    await desk.settle("sales")
    result = (await cards())[desk.person].result
    assert (result.state, result.total) == ("blocked", None)
    assert (result.items[0].state, result.items[0].code) == ("not_applicable", "exclusion_over_limit")
    explained = await desk.get(f"{desk.card}/explanation")
    assert explained["score"]["state"] == "blocked"
    assert explained["score"]["segments"][0]["items"][0]["sentence"]["zh"] == "Sales：剔除的权重超过上限。"
    for document in (SALES, CONVERSION, TEAMWORK):
        await redefine(wiring, sellers, document)
    for item in ("conversion", "teamwork"):
        await desk.settle(item)
    result = (await cards())[desk.person].result
    assert (result.state, result.total, result.grade) == ("ungraded", None, None)


async def test_what_is_asked_of_an_item_that_is_gone_is_no_task_and_can_be_taken_back(
    wiring: Wiring, sellers: Sellers, desk: Desk
) -> None:
    for item in ("teamwork", "sales"):
        assert (await desk.ask(desk.head, item)).status_code == 200
    document = sales_scheme(sales=6000, conversion=4000)
    del document["items"][2]
    await draft_version(wiring, sellers, 2, document)
    await publish_version(wiring, sellers, 2)
    assert await desk.tasks(desk.hr) == [("applicability.approve", f"{desk.card}/applicability")]
    for refused in (await desk.approve(desk.hr, "teamwork"), await desk.ask(desk.head, "nothing", applicable=True)):
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    back = await desk.ask(desk.head, "teamwork", applicable=True)
    assert (back.status_code, back.json()["proposed"]) == (200, None)
    assert (await desk.ask(desk.head, "teamwork")).status_code == 404
    await publish_version(wiring, sellers, 1)
    assert (await desk.ask(desk.head, "teamwork")).status_code == 200
    assert len(await desk.tasks(desk.hr)) == 2


async def test_a_run_names_nobody_whom_the_reader_does_not_reach(sellers: Sellers, desk: Desk) -> None:
    await desk.settle("teamwork")
    near = make_hr(sellers.tenant_id, subject="near", hr_departments=(sellers.department_id,))
    far = make_hr(sellers.tenant_id, subject="far", hr_departments=(uuid4(),))
    card = str(sellers.card_of(desk.person))
    last = [(await desk.get("/v1/score-runs", who))["data"][-1] for who in (desk.hr, near, far)]
    assert [run["cause_kind"] for run in last] == ["applicability"] * 3
    assert [run["cause_reference"] for run in last] == [card, card, None]
    first = [(await desk.get("/v1/score-runs", who))["data"][0] for who in (desk.hr, far)]
    assert [run["cause_reference"] for run in first] == [str(sellers.cycle_id)] * 2
