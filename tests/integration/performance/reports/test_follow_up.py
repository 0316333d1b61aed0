"""What follows publication: reports with advice, feedback from the head, the person's plan and its acceptance."""

from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from services.performance.wiring import Wiring
from tests.factories.access import make_hr, make_person
from tests.factories.divisions import Divisions
from tests.factories.installation import bearer
from tests.factories.procedure_company import Company
from tests.factories.sellers import Sellers, freeze, publish, set_targets, three_facts
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio
GOALS = [{"text": "Call every lead within a day", "due_on": "2026-09-30"}]


@pytest.fixture
async def published(wiring: Wiring, sellers: Sellers, observe: Observe) -> Sellers:
    await observe(*three_facts(sellers))
    await set_targets(wiring, sellers, "1200000")
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    return sellers


async def send(
    client: httpx.AsyncClient, tenant_id: UUID, employee_id: UUID, path: str, body: dict[str, Any] | None = None
) -> httpx.Response:
    return await client.post(path, json=body, headers=bearer(make_person(tenant_id, employee_id)))


async def event_types(wiring: Wiring, tenant_id: UUID) -> list[str]:
    async with wiring.database.transaction() as tx:
        driver = await tx.driver()
        rows = await driver.fetch("SELECT payload FROM outbox WHERE key LIKE $1 ORDER BY position", f"{tenant_id}/%")
    return [orjson.loads(row["payload"])["type"] for row in rows]


async def test_sales_reached_with_low_conversion_is_advised_a_training(
    client: httpx.AsyncClient, published: Sellers
) -> None:
    hr = bearer(make_hr(published.tenant_id))
    reports = (await client.get("/v1/reports", params={"cycle_id": str(published.cycle_id)}, headers=hr)).json()["data"]
    by_person = {UUID(report["employee_id"]): report for report in reports}
    trainings = {
        person: [each["training"]["name"]["zh"] for each in by_person[person]["trainings"]]
        for person in published.people
    }
    wang, li, chen = published.people
    assert trainings == {wang: ["客户关系管理培训"], li: [], chen: []}
    assert by_person[wang]["total"] == "61.00"
    assert by_person[wang]["directions"][0]["key"] == "conversion"
    alone = await client.get(
        f"/v1/reports/{by_person[li]['id']}", headers=bearer(make_person(published.tenant_id, wang))
    )
    assert alone.status_code == 404


async def test_publication_tells_payroll_people_and_subscribers(wiring: Wiring, published: Sellers) -> None:
    found = await event_types(wiring, published.tenant_id)
    assert found.count("score.published.v1") == 3
    assert found.count("report.ready.v1") == 3
    assert found.count("scores.changed.v1") == 5


async def test_a_head_gives_feedback_and_the_person_answers_with_a_plan(
    client: httpx.AsyncClient, wiring: Wiring, published: Sellers
) -> None:
    person, tenant_id = published.people[0], published.tenant_id
    card = str(published.card_of(person))
    given = await send(
        client, tenant_id, published.head_id, "/v1/feedback", {"scorecard_id": card, "text": "Well sold"}
    )
    plan = await send(client, tenant_id, person, "/v1/improvement-plans", {"scorecard_id": card, "goals": GOALS})
    assert (given.status_code, plan.status_code, plan.json()["state"]) == (201, 201, "submitted")
    path = f"/v1/improvement-plans/{plan.json()['id']}/acceptance"
    accepted = await send(client, tenant_id, published.head_id, path)
    again = await send(client, tenant_id, published.head_id, path)
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert (again.status_code, again.json()["code"]) == (409, "improvement_plan_accepted")
    read = await client.get("/v1/feedback", headers=bearer(make_person(tenant_id, person)))
    assert [each["text"] for each in read.json()["data"]] == ["Well sold"]
    colleague = bearer(make_person(tenant_id, published.people[1]))
    assert (await client.get("/v1/improvement-plans", headers=colleague)).json()["data"] == []
    types = await event_types(wiring, tenant_id)
    assert (types.count("feedback.given.v1"), types.count("improvement_plan.changed.v1")) == (1, 2)


async def test_others_are_refused(client: httpx.AsyncClient, published: Sellers) -> None:
    person, colleague, tenant_id = published.people[0], published.people[1], published.tenant_id
    card = str(published.card_of(person))
    body = {"scorecard_id": card, "goals": GOALS}
    by_colleague = await send(client, tenant_id, colleague, "/v1/feedback", {"scorecard_id": card, "text": "!"})
    to_self = await send(client, tenant_id, person, "/v1/feedback", {"scorecard_id": card, "text": "!"})
    foreign_plan = await send(client, tenant_id, colleague, "/v1/improvement-plans", body)
    plan = await send(client, tenant_id, person, "/v1/improvement-plans", body)
    twice = await send(client, tenant_id, person, "/v1/improvement-plans", body)
    own = await send(client, tenant_id, person, f"/v1/improvement-plans/{plan.json()['id']}/acceptance")
    statuses = [each.status_code for each in (by_colleague, to_self, foreign_plan, plan, twice, own)]
    assert statuses == [404, 404, 404, 201, 409, 404]


async def test_a_score_that_still_moves_takes_no_improvement_plan(client: httpx.AsyncClient, sellers: Sellers) -> None:
    person = sellers.people[0]
    body = {"scorecard_id": str(sellers.card_of(person)), "goals": GOALS}
    refused = await send(client, sellers.tenant_id, person, "/v1/improvement-plans", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "score_not_published")


async def test_hr_rewrites_what_is_recommended(client: httpx.AsyncClient, sellers: Sellers) -> None:
    hr = bearer(make_hr(sellers.tenant_id))
    default = await client.get("/v1/recommendations", headers=hr)
    assert (default.headers["etag"], len(default.json()["rules"])) == ('"0"', 2)
    rules = default.json()["rules"][:1]
    written = await client.put("/v1/recommendations", json={"rules": rules}, headers=hr | {"If-Match": '"0"'})
    stale = await client.put("/v1/recommendations", json={"rules": []}, headers=hr | {"If-Match": '"0"'})
    wrong = await client.put("/v1/recommendations", json={"rules": [{**rules[0], "when": []}]}, headers=hr)
    assert (written.status_code, written.json()["sequence"], stale.status_code) == (200, 1, 412)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/rules/0/when")
    assert (await client.get("/v1/recommendations", headers=hr)).json()["rules"] == rules


async def test_feedback_goes_with_the_scorecard_to_another_department(company: Company) -> None:
    divisions = Divisions(company)
    await divisions.found()
    person, readers = company.people["s3"], [company.person(name) for name in ("sales_head", "west_head")]
    (card,) = [str(each.id) for each in await divisions.cards() if each.employee_id == person]

    async def seen() -> list[tuple[int, int]]:
        """Count what each reads of the scorecard, and of feedback on it."""
        cards = [await company.ask("GET", f"/v1/scorecards/{card}", by=reader) for reader in readers]
        given = [await company.send("GET", f"/v1/feedback?scorecard_id={card}", by=reader) for reader in readers]
        return [(found.status_code, len(texts["data"])) for found, texts in zip(cards, given, strict=True)]

    await company.send("POST", "/v1/feedback", {"scorecard_id": card, "text": "Call more"}, by=readers[0])
    assert await seen() == [(200, 1), (404, 0)]
    await company.tell(divisions.transferred("s3", "WEST"))
    assert await seen() == [(404, 0), (200, 1)]
