"""How somebody stands now, in one call: while scores move, after publication, and for whose eyes."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from tests.factories.access import make_client, make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.sellers import Sellers, freeze, publish, three_facts
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio
GOALS = [{"text": "Call every lead within a day", "due_on": "2026-09-30"}, {"text": "Be kind"}]


async def read(client: httpx.AsyncClient, sellers: Sellers, employee_id: UUID, *, by: UUID) -> dict[str, Any]:
    response = await client.get(
        f"/v1/employees/{employee_id}/standing", headers=bearer(make_person(sellers.tenant_id, by))
    )
    assert response.status_code == 200, response.text
    standing: dict[str, Any] = response.json()
    return standing


async def post(client: httpx.AsyncClient, sellers: Sellers, path: str, body: object = None, *, by: UUID) -> Any:
    response = await client.post(path, json=body, headers=bearer(make_person(sellers.tenant_id, by)))
    assert response.is_success, response.text
    return response.json()


async def test_scores_that_move_stand_there_with_their_cycle(
    client: httpx.AsyncClient, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    person = sellers.people[0]
    standing = await read(client, sellers, person, by=person)
    (card,) = standing["scorecards"]
    alone = await client.get(f"/v1/scorecards/{card['id']}", headers=bearer(make_person(sellers.tenant_id, person)))
    cycle = {name: card.pop(name) for name in ("cycle_name", "starts_on", "ends_on", "phase")}
    assert cycle["phase"] == "running"
    assert card == alone.json()
    assert (standing["employee_id"], standing["improvement_plans"], standing["feedback"]) == (str(person), [], [])


async def test_after_publication_what_is_open_stays(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    person, head = sellers.people[0], sellers.head_id
    card = str(sellers.card_of(person))
    await post(client, sellers, "/v1/feedback", {"scorecard_id": card, "text": "Well sold"}, by=head)
    plan = await post(client, sellers, "/v1/improvement-plans", {"scorecard_id": card, "goals": GOALS}, by=person)
    for reader in (person, head):
        standing = await read(client, sellers, person, by=reader)
        assert standing["scorecards"] == []
        assert [each["text"] for each in standing["feedback"]] == ["Well sold"]
        assert [each["id"] for each in standing["improvement_plans"]] == [plan["id"]]


async def test_tasks_follow_an_improvement_plan_from_hand_to_hand(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe
) -> None:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    await publish(wiring, sellers)
    person, head = sellers.people[0], sellers.head_id
    card = str(sellers.card_of(person))
    plan = await post(client, sellers, "/v1/improvement-plans", {"scorecard_id": card, "goals": GOALS}, by=person)

    async def tasks(who: UUID) -> list[tuple[str, str, str | None]]:
        response = await client.get("/v1/tasks", headers=bearer(make_person(sellers.tenant_id, who)))
        return [(task["kind"], task["employee_id"], task["due_on"]) for task in response.json()["data"]]

    assert (await tasks(head), await tasks(person)) == (
        [("improvement_plan.accept", str(person), "2026-09-30")],
        [],
    )
    await post(client, sellers, f"/v1/improvement-plans/{plan['id']}/acceptance", by=head)
    assert (await tasks(head), await tasks(person), await tasks(sellers.people[1])) == (
        [],
        [("improvement_plan.do", str(person), "2026-09-30")],
        [],
    )


async def test_out_of_reach_is_not_there(client: httpx.AsyncClient, sellers: Sellers) -> None:
    person, colleague = sellers.people[0], sellers.people[1]
    asked = [
        (make_person(sellers.tenant_id, colleague), person, 404),
        (make_hr(sellers.tenant_id), uuid4(), 404),
        (make_hr(uuid4()), person, 503),
        (make_hr(sellers.tenant_id, hr_departments=(uuid4(),)), person, 404),
        (make_hr(sellers.tenant_id, hr_departments=(sellers.department_id,)), person, 200),
        (make_client(sellers.tenant_id, "scores:read"), person, 200),
        (make_client(sellers.tenant_id, "cycles:read"), person, 403),
    ]
    for principal, employee_id, status in asked:
        response = await client.get(f"/v1/employees/{employee_id}/standing", headers=bearer(principal))
        assert response.status_code == status, (principal, response.text)
