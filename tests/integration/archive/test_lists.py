"""Lists as others keep copies of them: what changed since, what is gone, and what references stand for."""

from uuid import UUID

import pytest

from tests.factories.access import make_client, make_person
from tests.factories.archive import Archive, record_body
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio
ALL = "?expand=department,position,manager"


@pytest.fixture
async def team(archive: Archive) -> dict[str, str]:
    """Found a department with a seller whose manager heads nothing."""
    department, position = await archive.department("S", name="Sales"), await archive.position("seller", name="Seller")
    place = {"department_id": department, "position_id": position}
    manager = await archive.employee("M1", employment=place)
    seller = await archive.employee("S1", employment={**place, "manager_id": manager})
    return {"department": department, "position": position, "manager": manager, "seller": seller}


async def test_references_are_resolved_where_asked_for(archive: Archive, team: dict[str, str]) -> None:
    (seller,) = (await archive.read(f"employees{ALL}&work_number=S1"))["data"]
    assert seller["department"] == {"id": team["department"], "code": "S", "name": "Sales"}
    assert seller["position"] == {"id": team["position"], "code": "seller", "name": "Seller"}
    assert (seller["manager"]["id"], seller["manager"]["work_number"]) == (team["manager"], "M1")
    (manager,) = (await archive.read("employees?expand=manager&expand=position&work_number=M1"))["data"]
    assert manager["manager"] is None
    assert "department" not in manager
    plain = await archive.read(f"employees/{team['seller']}")
    assert plain.keys().isdisjoint({"department", "position", "manager"})
    assert plain["left_on"] is None
    assert await archive.read(f"employees/{team['seller']}{ALL}") == seller


async def test_a_reference_shows_no_more_than_its_own_resource_would(archive: Archive, team: dict[str, str]) -> None:
    """A seller may not read the manager's file, and is not told who has it here either."""
    path = f"employees/{team['seller']}{ALL}"
    own = await archive.read(path, caller=bearer(make_person(archive.tenant_id, UUID(team["seller"]))))
    assert (own["manager"], own["department"]["name"], own["position"]["name"]) == (None, "Sales", "Seller")
    system = await archive.read(path, caller=bearer(make_client(archive.tenant_id, "employees:read")))
    assert system["manager"]["id"] == team["manager"]
    await archive.head(team["department"], team["seller"])
    headed = await archive.read(path, caller=bearer(make_person(archive.tenant_id, UUID(team["seller"]))))
    assert headed["manager"]["id"] == team["manager"]


async def test_who_works_nowhere_today_has_no_place(archive: Archive, team: dict[str, str]) -> None:
    await archive.post(f"employees/{team['seller']}/departure", {"left_on": "2025-06-01"}, expect=200)
    seller = await archive.read(f"employees/{team['seller']}{ALL}")
    assert (seller["department"], seller["position"], seller["manager"]) == (None, None, None)


@pytest.mark.parametrize(
    "query",
    ["expand=salary", "expand=department,salary", "expand=", "include_deleted=perhaps", "updated_after=yesterday"],
)
async def test_what_there_is_not_is_refused(archive: Archive, query: str) -> None:
    refused = await archive.send("GET", f"employees?{query}")
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")
    assert refused.json()["errors"][0]["pointer"].startswith(f"#/query/{query.partition('=')[0]}")


async def test_a_change_of_a_part_is_a_change_of_the_whole(archive: Archive, team: dict[str, str]) -> None:
    since = max(row["updated_at"] for row in (await archive.read("employees"))["data"])
    place = {"department_id": team["department"], "position_id": team["position"]}
    await archive.post(f"employees/{team['seller']}/employments", {**place, "starts_on": "2025-01-01"})
    changed = await archive.read(f"employees?updated_after={since}")
    assert [row["id"] for row in changed["data"]] == [team["seller"]]


async def test_a_deleted_record_is_a_tombstone_for_who_asks(archive: Archive, team: dict[str, str]) -> None:
    path = f"employees/{team['seller']}/records"
    gone = await archive.post(path, record_body(title="Gone"))
    kept = await archive.post(path, record_body(title="Kept"))
    await archive.send("DELETE", f"records/{gone['id']}")
    assert (await archive.read(path))["data"] == [kept]
    rows = {row["id"]: row for row in (await archive.read(f"{path}?include_deleted=true"))["data"]}
    assert rows.keys() == {gone["id"], kept["id"]}
    assert rows[gone["id"]].keys() == {"id", "deleted", "updated_at"}
    assert rows[gone["id"]]["deleted"] is True
    since = f"{path}?include_deleted=true&updated_after={kept['updated_at']}"
    assert [row["id"] for row in (await archive.read(since))["data"]] == [gone["id"]]
    portrait = await archive.read(f"employees/{team['seller']}/portrait")
    assert [record["id"] for record in portrait["records"]["feedback"]] == [kept["id"]]
