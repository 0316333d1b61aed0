"""One sale, from the CRM to the webhook: posted twice it counts once, corrected it is corrected everywhere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from deploy.demo.client import Api, Caller, Refused
from deploy.demo.receiver import Receiver, receiving
from deploy.standalone.settings import Settings
from deploy.tenants import create_tenant
from tests.factories.waiting import eventually
from tests.journeys.conftest import World

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

SALES = {
    "key": "sales",
    "name": "销售额",
    "unit": "currency",
    "direction": "higher",
    "aggregation": "sum",
    "measure": "order.amount",
}
RULE = {
    "kind": "steps",
    "base": "60",
    "anchor": {"of_target": "1"},
    "unit": {"value": "100000"},
    "up": "2",
    "down": "proportional",
    "quantise_above": "floor",
    "quantise_below": "exact",
}
SCHEME = {"items": [{"key": "sales", "name": "销售额", "metric": "sales", "weight": 10000, "rule": RULE}]}
PERIOD = {"starts_on": "2026-01-01", "ends_on": "2026-07-01"}


@dataclass(frozen=True, slots=True)
class Shop:
    """A company of one department and two sellers, in the middle of a cycle, with a subscriber."""

    admin: Caller
    crm: Caller
    cycle_id: str
    sellers: dict[str, str]
    """Employee ids by work number."""
    receiver: Receiver

    async def card(self, work_number: str) -> Json:
        cards = await self.admin.all("/v1/scorecards", cycle_id=self.cycle_id, employee_id=self.sellers[work_number])
        return cards[0]

    async def post(self, *items: Json) -> Json:
        return await self.crm.post("/v1/observations", {"source": "crm", "items": list(items)})

    async def becomes(self, work_number: str, total: str) -> None:
        """Wait until the score, its explanation and both webhooks say `total`."""

        async def all_agree() -> bool:
            card = await self.card(work_number)
            events = [self.receiver.last.get((e, "score.changed.v1", card["id"])) for e in ("thin", "full")]
            arrived = all(event and int(event["sequence"]) == card["sequence"] for event in events)
            return card["total"] == total and arrived

        await eventually(all_agree)
        card = await self.card(work_number)
        explanation = (await self.admin.get(f"/v1/scorecards/{card['id']}/explanation"))["score"]
        full = self.receiver.last["full", "score.changed.v1", card["id"]]["data"]
        explained = explanation["segments"][0]["items"][0]
        totals = {Decimal(said["total"]) for said in (explanation, full["current"], card)}
        actuals = {Decimal(said["actual"]) for said in (explained, full["items"][0], card["items"][0])}
        assert totals == {Decimal(total)}
        assert len(actuals) == 1


def order(order_id: str, value: str, *, seller: str = "S1", **more: Any) -> Json:
    return {
        "id": order_id,
        "measure": "order.amount",
        "employee": {"ref": seller},
        "value": value,
        "currency": "CNY",
        "occurred_at": "2026-03-04T16:15:00+08:00",
        **more,
    }


@pytest.fixture
async def shop(world: World) -> AsyncIterator[Shop]:
    receiver = Receiver()
    async with receiving(receiver) as url:
        admin = world.admin
        await admin.put("/v1/tenant/clock", {"now": "2026-01-05T09:00:00+08:00"})
        for payload in ("thin", "full"):
            hook = {"url": f"{url}/{payload}", "event_types": ["score.changed.v1"], "payload": payload}
            receiver.secrets[payload] = (await admin.post("/v1/webhooks", hook))["secret"]
        sellers = await hire_sellers(admin)
        crm = await connect(world)
        cycle_id = await open_cycle(admin, crm)
        yield Shop(admin, crm, cycle_id, sellers, receiver)


async def hire_sellers(admin: Caller) -> dict[str, str]:
    department = await admin.post("/v1/departments", {"code": "S", "name": "销售部"})
    position = await admin.post("/v1/positions", {"code": "seller", "name": "销售"})
    employment = {"department_id": department["id"], "position_id": position["id"]}
    sellers = {}
    for number in ("S1", "S2"):
        person = {"work_number": number, "name": number, "joined_on": "2020-01-01", "employment": employment}
        sellers[number] = (await admin.post("/v1/employees", person))["id"]
    return sellers


async def connect(world: World) -> Caller:
    await world.admin.post("/v1/connections", {"key": "crm", "name": "CRM"})
    scopes = ["observations:write", "observations:read", "business_targets:write"]
    client = await world.admin.post("/v1/api-clients", {"name": "crm", "scopes": scopes})
    return world.api.client(client_id=client["id"], client_secret=client["secret"])


async def open_cycle(admin: Caller, crm: Caller) -> str:
    """Let a company target of 2,000,000 become 1,000,000 for each of two sellers."""
    await admin.post("/v1/metrics", SALES)
    scheme = await admin.post("/v1/schemes", {"name": "销售方案", "document": SCHEME})
    await admin.post(f"/v1/schemes/{scheme['id']}/versions/1/publication", {"effect": "whole_cycle"})
    target = {"metric": "sales", "company": True, "value": "2000000.00", "currency": "CNY", **PERIOD}
    await crm.put("/v1/business-targets/crm/sales", target)
    cycle = await admin.post("/v1/cycles", {"name": "H1", "plan_due_on": "2026-01-20", **PERIOD})
    cycle_id = str(cycle["id"])
    await eventually(lambda: _two_scorecards(admin, cycle_id))
    return cycle_id


async def _two_scorecards(admin: Caller, cycle_id: str) -> bool:
    """Open the cycle once the organisation has arrived where scores are made."""
    if (await admin.get(f"/v1/cycles/{cycle_id}"))["phase"] == "planning":
        await admin.post(f"/v1/cycles/{cycle_id}/opening")
    targets = await admin.all(f"/v1/cycles/{cycle_id}/targets", metric="sales", subject_kind="employee")
    return [Decimal(target["value"] or 0) for target in targets] == [Decimal(1_000_000)] * 2


async def test_a_sale_travels_from_the_crm_to_the_webhook(shop: Shop) -> None:
    answer = await shop.post(order("SO-1", "1260000.00"))
    assert answer["items"][0]["status"] == "accepted"
    await shop.becomes("S1", "64.00")


async def test_a_sale_posted_twice_counts_once(shop: Shop) -> None:
    await shop.post(order("SO-1", "600000.00"))
    again = await shop.post(order("SO-1", "600000.00"), order("SO-2", "500000.00"))
    assert [item["status"] for item in again["items"]] == ["duplicate", "accepted"]
    await shop.becomes("S1", "62.00")


async def test_a_correction_is_right_to_the_cent_everywhere(shop: Shop) -> None:
    await shop.post(order("SO-1", "1500000.00"))
    await shop.becomes("S1", "70.00")
    answer = await shop.post(order("SO-1", "999999.99", revision=1))
    assert answer["items"][0]["status"] == "replaced"
    await shop.becomes("S1", "60.00")
    assert (await shop.card("S1"))["items"][0]["actual"] == "999999.99"
    late = await shop.post(order("SO-1", "1500000.00", revision=0))
    assert late["items"][0]["status"] == "ignored"


async def test_a_sale_reassigned_leaves_one_seller_for_the_other(shop: Shop) -> None:
    await shop.post(order("SO-1", "1200000.00"), order("SO-2", "1000000.00", seller="S2"))
    await shop.becomes("S1", "64.00")
    await shop.post(order("SO-1", "1200000.00", seller="S2", revision=1))
    await shop.becomes("S2", "84.00")
    uses = await shop.admin.get(f"/v1/observations/{await observation_of(shop, 'SO-1')}")
    assert {use["employee_id"] for use in uses["uses"] if use["counted"]} == {shop.sellers["S2"]}


async def observation_of(shop: Shop, remote_id: str) -> str:
    rows = await shop.admin.all("/v1/observations", source="crm")
    return next(str(row["id"]) for row in rows if row["remote_id"] == remote_id)


async def test_an_unknown_code_waits_until_it_is_linked(shop: Shop) -> None:
    answer = await shop.post(order("SO-1", "1100000.00", seller="X9"))
    assert (answer["items"][0]["status"], answer["items"][0]["code"]) == ("quarantined", "identity_unknown")
    connections = await shop.admin.all("/v1/connections")
    crm = next(row["id"] for row in connections if row["key"] == "crm")
    link = {"value": "X9", "employee_id": shop.sellers["S1"]}
    await shop.admin.post(f"/v1/connections/{crm}/identity-links", link)
    await shop.becomes("S1", "62.00")


async def test_a_raised_target_moves_every_score(shop: Shop) -> None:
    await shop.post(order("SO-1", "1150000.00"))
    await shop.becomes("S1", "62.00")
    raised = {"metric": "sales", "company": True, "value": "2400000.00", "currency": "CNY", **PERIOD}
    await shop.crm.put("/v1/business-targets/crm/sales", raised)
    await confirm_the_raise(shop)
    await shop.becomes("S1", "57.50")


async def confirm_the_raise(shop: Shop) -> None:
    """Confirm the raise where it exceeds the cycle's threshold, and wait until it has reached the sellers."""
    path = f"/v1/cycles/{shop.cycle_id}/targets"

    async def raised() -> bool:
        for target in await shop.admin.all(path, subject_kind="company"):
            if target["needs_confirmation"]:
                await shop.admin.post(f"/v1/targets/{target['id']}/confirmation")
        found = await shop.admin.all(path, subject_kind="employee", metric="sales")
        return bool(found) and Decimal(found[0]["value"]) == Decimal(1_200_000)

    await eventually(raised)


async def test_a_subscriber_that_missed_deliveries_mends_itself_by_the_feed(shop: Shop) -> None:
    """Score changes reach one endpoint while the other is off; the feed tells of the same, and where to read it."""
    start = (await shop.admin.get("/v1/changes", cursor="latest"))["next_cursor"]
    thin = next(hook for hook in await shop.admin.all("/v1/webhooks") if hook["payload"] == "thin")
    await shop.admin.patch(f"/v1/webhooks/{thin['id']}", {"enabled": False})
    await shop.post(order("SO-1", "1100000.00"), order("SO-2", "1200000.00", seller="S2"))
    cards = {(await shop.card(number))["id"]: total for number, total in (("S1", "62.00"), ("S2", "64.00"))}

    async def told() -> bool:
        events = [shop.receiver.last.get(("full", "score.changed.v1", card)) for card in cards]
        return all(
            event and event["data"]["current"]["total"] == cards[event["data"]["scorecard_id"]] for event in events
        )

    await eventually(told)
    feed = await shop.admin.get("/v1/changes", cursor=start, types="score.changed.v1", wait=5)
    newest = {change["resource_id"]: change for change in feed["data"]}
    assert newest.keys() == cards.keys()
    for card, change in newest.items():
        delivered = shop.receiver.last["full", "score.changed.v1", card]
        assert (change["id"], str(change["sequence"])) == (delivered["id"], delivered["sequence"])
        assert (await shop.admin.get(change["url"]))["total"] == cards[card]
        heard = shop.receiver.last.get(("thin", "score.changed.v1", card))
        assert heard is None or int(heard["sequence"]) < change["sequence"]
    assert (await shop.admin.get("/v1/changes", cursor=feed["next_cursor"]))["data"] == []


async def test_a_simulation_that_nobody_waits_for_is_followed_to_its_result(shop: Shop) -> None:
    await shop.post(order("SO-1", "1100000.00"))
    await shop.becomes("S1", "62.00")
    (scheme,) = await shop.admin.all("/v1/schemes")
    steeper = {"items": [{**SCHEME["items"][0], "rule": {**RULE, "up": "4"}}]}
    draft = await shop.admin.post(f"/v1/schemes/{scheme['id']}/versions", {"document": steeper})
    asked = {"scheme_id": scheme["id"], "version": draft["version"]}
    path = f"/v1/cycles/{shop.cycle_id}/simulations"
    begun = await shop.admin.post(path, asked, Prefer="respond-async")

    async def is_done() -> bool:
        return bool((await shop.admin.get(f"/v1/operations/{begun['id']}"))["state"] == "succeeded")

    await eventually(is_done)
    done = await shop.admin.get(f"/v1/operations/{begun['id']}")
    simulation = await shop.admin.get(done["result_url"])
    totals = {person["employee_id"]: person["after"]["total"] for person in simulation["people"]}
    assert Decimal(totals[shop.sellers["S1"]]) == Decimal("64.00")
    assert [row["id"] for row in await shop.admin.all("/v1/operations")] == [begun["id"]]


async def test_another_company_sees_nothing_of_it(shop: Shop, running: Settings) -> None:
    await shop.post(order("SO-1", "1260000.00"))
    await shop.becomes("S1", "64.00")
    card = await shop.card("S1")
    other = await create_tenant(running, name="Other", sandbox=True, admin="admin")
    async with Api(running.base_url) as api:
        stranger = api.person(tenant=str(other.id), username="admin", password=other.password)
        for path in (
            f"/v1/scorecards/{card['id']}",
            f"/v1/employees/{shop.sellers['S1']}",
            f"/v1/cycles/{shop.cycle_id}",
        ):
            with pytest.raises(Refused) as caught:
                await stranger.get(path)
            assert caught.value.problem["status"] == 404
        assert await stranger.all("/v1/observations") == []
