"""Late data proposes to revise what is published; nothing moves until HR decides, and then everybody hears of it."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from services.performance.wiring import Wiring
from shared.core.access import Principal
from tests.factories.access import make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.performance import make_observation
from tests.factories.sellers import Sellers, freeze, publish, three_facts
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
REASON = {"reason": "An order of June was booked late."}


class Desk:
    """HR at work on the revisions of one person."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client = client
        self.sellers = sellers
        self.hr = make_hr(sellers.tenant_id)

    async def get(self, path: str, **params: str) -> Json:
        answer = await self.client.get(path, params=params, headers=bearer(self.hr))
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def listed(self, **params: str) -> list[Json]:
        found: list[Json] = (await self.get("/v1/revisions", **params))["data"]
        return found

    async def the_one(self) -> Json:
        (revision,) = await self.listed(state="proposed")
        return revision

    async def decide(self, revision: Json, what: str, by: Principal | None = None, **headers: str) -> httpx.Response:
        given = {"If-Match": f'"{revision["sequence"]}"', **headers}
        path = f"/v1/revisions/{revision['id']}/{what}"
        return await self.client.post(path, json=REASON, headers=bearer(by or self.hr) | given)

    async def card(self, person: UUID, **params: str) -> Json:
        return await self.get(f"/v1/scorecards/{self.sellers.card_of(person)}", **params)


@pytest.fixture
async def published(wiring: Wiring, sellers: Sellers, observe: Observe) -> Sellers:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    return sellers


@pytest.fixture
def desk(client: httpx.AsyncClient, sellers: Sellers) -> Desk:
    return Desk(client, sellers)


async def events(wiring: Wiring, tenant_id: UUID, event_type: str) -> list[Json]:
    async with wiring.database.transaction() as tx:
        driver = await tx.driver()
        rows = await driver.fetch("SELECT payload FROM outbox WHERE key LIKE $1 ORDER BY position", f"{tenant_id}/%")
    found = [orjson.loads(row["payload"]) for row in rows]
    return [event["data"] for event in found if event["type"] == event_type]


def late_order(person: UUID, value: str = "100000", **more: Any) -> Any:
    return make_observation(subject_id=person, value=value, credit_date="2026-06-15", **more)


async def test_a_late_order_proposes_and_moves_nothing(
    desk: Desk, published: Sellers, observe: Observe, cards: Cards
) -> None:
    before = await cards()
    await observe(late_order(published.people[0]))
    assert await cards() == before
    revision = await desk.the_one()
    assert (revision["previous"], revision["proposed"], revision["delta"]) == (
        {"total": "63.40", "grade": "fair"},
        {"total": "64.60", "grade": "fair"},
        "1.20",
    )
    assert revision["lines"] == [
        {
            "key": "sales",
            "segment": 0,
            "previous_actual": "1260000",
            "actual": "1360000",
            "previous_points": "64",
            "points": "66",
        }
    ]
    tasks = await desk.get("/v1/tasks")
    assert [(task["kind"], task["link"]) for task in tasks["data"]] == [
        ("revision.decide", f"/v1/revisions/{revision['id']}")
    ]


async def test_what_counts_nowhere_proposes_nothing_and_an_actual_alone_is_put_right_too(
    desk: Desk, published: Sellers, observe: Observe
) -> None:
    person = published.people[0]
    await observe(late_order(person, measure="coffee.cups"), late_order(uuid4()))
    assert await desk.listed() == []
    await observe(late_order(person, value="1"))
    revision = await desk.the_one()
    assert (revision["delta"], revision["lines"][0]["actual"]) == ("0.00", "1260001")


async def test_what_is_moved_out_of_a_frozen_cycle_is_proposed_when_that_is_published(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    facts = three_facts(sellers)
    await observe(*facts)
    await freeze(wiring, sellers)
    await observe(facts[0].model_copy(update={"revision": 2, "credit_date": date(2027, 2, 2)}))
    await publish(wiring, sellers)
    revision = await desk.the_one()
    assert [(line["key"], line["actual"]) for line in revision["lines"]] == [("sales", "630000")]


async def test_it_follows_what_arrives_and_is_withdrawn_when_nothing_is_left(
    desk: Desk, wiring: Wiring, published: Sellers, observe: Observe
) -> None:
    person = published.people[0]
    order = late_order(person)
    await observe(order)
    first = await desk.the_one()
    await observe(order)
    assert await desk.the_one() == first
    await observe(order.model_copy(update={"revision": 2, "value": order.value * 2}))
    second = await desk.the_one()
    assert (second["id"], second["sequence"], second["delta"]) == (first["id"], 2, "2.40")
    await observe(order.model_copy(update={"revision": 3, "retracted": True}))
    (gone,) = await desk.listed()
    assert (gone["state"], gone["sequence"]) == ("withdrawn", 3)
    told = await events(wiring, published.tenant_id, "revision.changed.v1")
    assert [each["state"] for each in told] == ["proposed", "proposed", "withdrawn"]
    assert (await desk.decide(gone, "approval")).json()["code"] == "revision_not_proposed"


async def test_once_approved_it_is_the_result_and_everybody_hears_of_it(
    desk: Desk, wiring: Wiring, published: Sellers, observe: Observe
) -> None:
    person = published.people[0]
    was = await desk.card(person)
    await observe(late_order(person))
    approved = await desk.decide(await desk.the_one(), "approval")
    assert (approved.status_code, approved.json()["state"], approved.headers["etag"]) == (200, "approved", '"2"')
    card = await desk.card(person)
    assert (card["status"], card["total"], card["sequence"]) == ("revised", "64.60", was["sequence"] + 1)
    (told,) = await events(wiring, published.tenant_id, "score.revised.v1")
    assert (told["previous_total"], told["total"], told["reason"]) == ("63.40", "64.60", REASON["reason"])
    assert {each["metric"]: each["actual"] for each in told["metrics"]}["sales"] == "1360000"
    changed = (await events(wiring, published.tenant_id, "scores.changed.v1"))[-1]
    assert [(each["total"], each["status"]) for each in changed["changes"]] == [("64.60", "revised")]
    (report,) = (await desk.get("/v1/reports", employee_id=str(person)))["data"]
    assert (report["total"], report["sequence"]) == ("64.60", card["sequence"])
    again = await desk.decide({**approved.json(), "sequence": 2}, "approval")
    assert (again.status_code, again.json()["code"]) == (409, "revision_not_proposed")


async def test_both_results_are_explained_by_what_had_arrived_for_each(
    desk: Desk, published: Sellers, observe: Observe
) -> None:
    person = published.people[0]
    was = await desk.card(person)
    order = late_order(person)
    await observe(order)
    use = f"/v1/observations/{order.observation_id}/uses"
    assert {each["fate"] for each in (await desk.get(use))["uses"]} == {"late"}
    assert (await desk.decide(await desk.the_one(), "approval")).status_code == 200
    assert {each["fate"] for each in (await desk.get(use))["uses"]} == {"counted"}
    path = f"/v1/scorecards/{published.card_of(person)}/explanation"
    now, then = await desk.get(path), await desk.get(path, as_of=was["scored_at"])
    for explained, total, sales in ((now, "64.60", "1360000"), (then, "63.40", "1260000")):
        (orders,) = [each["sides"][0] for each in explained["sources"] if each["metric"] == "sales"]
        assert (explained["score"]["total"], orders["value"]) == (total, sales)
    assert (await desk.card(person, as_of=was["scored_at"]))["status"] == "published"


async def test_a_rejected_one_stays_rejected_until_something_else_arrives(
    desk: Desk, published: Sellers, observe: Observe, cards: Cards
) -> None:
    person, before = published.people[0], await cards()
    await observe(late_order(person))
    rejected = await desk.decide(await desk.the_one(), "rejection")
    assert (rejected.status_code, rejected.json()["state"], rejected.json()["decided_by"]) == (200, "rejected", "hr")
    await observe(late_order(person, value="0"))
    assert await desk.listed(state="proposed") == [], "the very same result"
    assert await cards() == before
    await observe(late_order(person))
    assert (await desk.the_one())["delta"] == "2.40"


async def test_results_are_compared_and_not_how_an_earlier_release_fingerprinted_them(
    desk: Desk, wiring: Wiring, published: Sellers, observe: Observe
) -> None:
    async def forget_fingerprints() -> None:
        async with wiring.works.begin(published.tenant_id) as uow:
            await (await uow.tx.driver()).execute("UPDATE revisions SET input_hash = 'older'")
            await uow.commit()

    person = published.people[0]
    await observe(late_order(person))
    proposed = await desk.the_one()
    await forget_fingerprints()
    await observe(late_order(person, value="0"))
    assert (await desk.the_one())["sequence"] == proposed["sequence"]
    await desk.decide(proposed, "rejection")
    await forget_fingerprints()
    await observe(late_order(person, value="0"))
    assert await desk.listed(state="proposed") == []


async def test_what_was_rejected_is_not_proposed_again_by_a_detour(
    desk: Desk, published: Sellers, observe: Observe
) -> None:
    person = published.people[0]
    await observe(late_order(person))
    await desk.decide(await desk.the_one(), "rejection")
    detour = late_order(person)
    await observe(detour)
    assert (await desk.the_one())["delta"] == "2.40"
    await observe(detour.model_copy(update={"revision": 2, "retracted": True}))
    assert [each["state"] for each in await desk.listed()] == ["rejected", "withdrawn"]
    await observe(detour.model_copy(update={"revision": 3}))
    await desk.decide(await desk.the_one(), "rejection")
    await observe(detour.model_copy(update={"revision": 4, "retracted": True}))
    assert await desk.listed(state="proposed") == []


async def test_what_was_rejected_is_proposed_again_over_another_result(
    desk: Desk, published: Sellers, observe: Observe
) -> None:
    person = published.people[0]
    await observe(late_order(person))
    await desk.decide(await desk.the_one(), "rejection")
    other = late_order(person)
    await observe(other)
    await desk.decide(await desk.the_one(), "approval")
    await observe(other.model_copy(update={"revision": 2, "retracted": True}))
    assert (await desk.the_one())["delta"] == "-1.20"


async def test_what_came_between_freeze_and_publication_is_proposed_at_once(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    await observe(late_order(sellers.people[0]))
    assert await desk.listed() == []
    await publish(wiring, sellers)
    assert (await desk.card(sellers.people[0]))["total"] == "63.40"
    assert (await desk.the_one())["delta"] == "1.20"


async def test_nobody_else_sees_or_decides_it(desk: Desk, published: Sellers, observe: Observe) -> None:
    person = published.people[0]
    await observe(late_order(person))
    revision = await desk.the_one()
    tenant_id = published.tenant_id
    elsewhere = make_hr(tenant_id, hr_departments=(uuid4(),))
    own = make_hr(tenant_id, employee_id=person)
    statuses = [
        (await desk.decide(revision, "approval", by=by)).status_code
        for by in (elsewhere, own, make_person(tenant_id, person))
    ]
    assert statuses == [404, 403, 403]
    stale = await desk.decide({**revision, "sequence": 9}, "approval")
    blank = await desk.client.post(
        f"/v1/revisions/{revision['id']}/approval", json={"reason": ""}, headers=bearer(desk.hr)
    )
    assert (stale.status_code, blank.status_code) == (412, 422)
    desk.hr = elsewhere
    assert await desk.listed() == []
    desk.hr = own
    assert (await desk.get("/v1/tasks"))["data"] == []
