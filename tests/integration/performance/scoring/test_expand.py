"""What stands beside a scorecard's ids: as far as the caller may read that elsewhere."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.core.access import Principal
from tests.factories.access import make_client, make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.sellers import Sellers

pytestmark = pytest.mark.anyio
ALL = "employee,department,cycle"


async def card_of(client: httpx.AsyncClient, sellers: Sellers, caller: Principal, expand: str = ALL) -> Any:
    query = {"employee_id": str(sellers.people[0]), "expand": expand}
    listed = await client.get("/v1/scorecards", params=query, headers=bearer(caller))
    assert listed.status_code == 200, listed.text
    (row,) = listed.json()["data"]
    path = f"/v1/scorecards/{sellers.card_of(sellers.people[0])}"
    alone = await client.get(path, params={"expand": expand}, headers=bearer(caller))
    assert alone.json() == row
    return row


async def test_references_are_resolved_where_asked_for(client: httpx.AsyncClient, sellers: Sellers) -> None:
    card = await card_of(client, sellers, make_hr(sellers.tenant_id))
    assert card["employee"] == {
        "id": str(sellers.people[0]),
        "work_number": card["work_number"],
        "name": card["employee_name"],
    }
    assert card["department"]["id"] == card["department_id"]
    assert card["cycle"].keys() == {"id", "name", "phase", "starts_on", "ends_on"}
    assert card["cycle"]["id"] == card["cycle_id"]
    only = await card_of(client, sellers, make_hr(sellers.tenant_id), "cycle")
    assert only.keys().isdisjoint({"employee", "department"})


async def test_a_reference_shows_no_more_than_its_own_resource_would(
    client: httpx.AsyncClient, sellers: Sellers
) -> None:
    def system(*scopes: str) -> Principal:
        return make_client(sellers.tenant_id, "scores:read", *scopes)

    card = await card_of(client, sellers, system())
    assert (card["employee"], card["department"], card["cycle"]) == (None, None, None)
    card = await card_of(client, sellers, system("cycles:read"))
    assert (card["employee"], card["cycle"]["id"]) == (None, card["cycle_id"])
    card = await card_of(client, sellers, system("employees:read"))
    assert (card["employee"]["id"], card["cycle"]) == (card["employee_id"], None)
    own = await card_of(client, sellers, make_person(sellers.tenant_id, sellers.people[0]))
    assert own["employee"]["id"] == str(sellers.people[0])
    headed = await card_of(client, sellers, make_person(sellers.tenant_id, sellers.head_id))
    assert headed["employee"]["id"] == str(sellers.people[0])


@pytest.mark.parametrize("path", ["scorecards", "reports", "feedback", "improvement-plans"])
async def test_each_list_knows_its_own_references(client: httpx.AsyncClient, sellers: Sellers, path: str) -> None:
    headers = bearer(make_hr(sellers.tenant_id))
    for expand, status in (("employee", 200), ("employee,department", 200), ("scheme", 422)):
        response = await client.get(f"/v1/{path}", params={"expand": expand}, headers=headers)
        assert response.status_code == status, response.text
    assert UUID(response.json()["request_id"])
