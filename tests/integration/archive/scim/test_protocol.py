"""Versions, bulk requests, refusals and who is let in, which scim2-tester does not look at."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.archive.wiring import Wiring
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.archive import Archive, published
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.scim import BULK, ERROR, SCOPES, Directory, group_body, patch_body, user_body
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio

RENAME = {"op": "replace", "path": "displayName", "value": "New"}


def bulk(*operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schemas": [BULK], "Operations": list(operations), **more}


async def audit(wiring: Wiring, tenant_id: UUID) -> list[dict[str, Any]]:
    return [each["data"] for each in await published(wiring, tenant_id, "audit.recorded.v1")]


async def test_a_version_is_named_and_asked_for(directory: Directory) -> None:
    user = await directory.user()
    response = await directory.send("GET", f"/Users/{user['id']}")
    version = response.headers["etag"]
    assert version == user["meta"]["version"]
    same = await directory.send("GET", f"/Users/{user['id']}", headers={"If-None-Match": version})
    assert (same.status_code, same.content) == (304, b"")
    await directory.patch(user, RENAME, headers={"If-Match": version})
    for method, body in (("PATCH", patch_body(RENAME)), ("PUT", user_body()), ("DELETE", None)):
        error = await directory.ask(method, f"/Users/{user['id']}", body, expect=412, headers={"If-Match": version})
        assert error["schemas"] == [ERROR]


async def test_what_changes_nothing_is_no_new_version(directory: Directory, wiring: Wiring) -> None:
    user = await directory.user(displayName="New")
    told = len(await published(wiring, directory.tenant_id, "employee.changed.v1"))
    await directory.patch(user, RENAME)
    assert (await directory.read(user))["meta"]["version"] == user["meta"]["version"]
    assert len(await published(wiring, directory.tenant_id, "employee.changed.v1")) == told


async def test_a_version_changes_with_the_members(directory: Directory) -> None:
    user, group = await directory.user(), await directory.group()
    await directory.patch(group, {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
    assert (await directory.read(group))["meta"]["version"] != group["meta"]["version"]
    assert (await directory.read(user))["meta"]["version"] != user["meta"]["version"]


async def test_a_bulk_request_does_many_things(directory: Directory) -> None:
    answer = await directory.ask(
        "POST",
        "/Bulk",
        bulk(
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group_body("Sales", "bulkId:u")},
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": user_body("lijun")},
            {"method": "POST", "path": "/Users", "bulkId": "v", "data": user_body("lijun")},
            {"method": "PATCH", "path": f"/Users/{uuid4()}", "data": patch_body(RENAME)},
            {"method": "DELETE", "path": "/Users/bulkId:u"},
        ),
    )
    assert [each["status"] for each in answer["Operations"]] == ["201", "201", "409", "404", "204"]
    refused = answer["Operations"][2]["response"]
    assert (refused["scimType"], refused["schemas"]) == ("uniqueness", [ERROR])
    assert "request " in refused["detail"]


async def test_a_bulk_request_stops_where_it_is_told_to(directory: Directory) -> None:
    wrong = {"method": "DELETE", "path": f"/Users/{uuid4()}"}
    right = {"method": "POST", "path": "/Users", "bulkId": "u", "data": user_body()}
    answer = await directory.ask("POST", "/Bulk", bulk(wrong, right, failOnErrors=1))
    assert [each["status"] for each in answer["Operations"]] == ["404"]
    assert await directory.names("") == []


async def test_a_bulk_request_has_bounds(directory: Directory) -> None:
    operation = {"method": "DELETE", "path": f"/Users/{uuid4()}"}
    await directory.ask("POST", "/Bulk", bulk(*[operation] * 1001), expect=413)
    body = bulk({"method": "POST", "path": "/Users", "bulkId": "u", "data": user_body(displayName="x" * 1_100_000)})
    await directory.ask("POST", "/Bulk", body, expect=413)


async def test_each_part_of_a_bulk_request_is_written_down(directory: Directory, wiring: Wiring) -> None:
    user = await directory.user()
    reader = make_hr(directory.tenant_id, employee_id=UUID(user["id"]))
    operations = [
        {"method": "PATCH", "path": f"/Users/{user['id']}", "data": patch_body(RENAME)},
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": user_body("second")},
    ]
    await directory.ask("POST", "/Bulk", bulk(*operations), caller=reader)
    entries = [entry for entry in await audit(wiring, directory.tenant_id) if entry["actor"] == "hr"]
    told = [(entry["method"], entry["route"], entry["outcome"], entry["code"]) for entry in entries]
    assert told == [
        ("PATCH", "/scim/v2/Users/{employee_id}", "refused", "separation_of_duties"),
        ("POST", "/scim/v2/Users", "done", None),
        ("POST", "/scim/v2/Bulk", "done", None),
    ]


async def test_reads_of_others_are_written_down(directory: Directory, wiring: Wiring) -> None:
    user = await directory.user()
    await directory.group("Sales", user["id"])
    before = len(await audit(wiring, directory.tenant_id))
    await directory.ask("GET", f"/Users/{user['id']}")
    await directory.ask("GET", "/Users")
    await directory.ask("POST", "/Users/.search", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]})
    entries = (await audit(wiring, directory.tenant_id))[before:]
    assert [(entry["outcome"], entry["subjects"]) for entry in entries] == [("read", [user["id"]])] * 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Users/nobody", 404),
        ("GET", f"/Groups/{uuid4()}", 404),
        ("GET", "/Nothing", 404),
        ("GET", "/Me", 404),
        ("DELETE", "/Users", 405),
        ("POST", "/Users", 400),
        ("POST", "/Bulk", 400),
    ],
)
async def test_refusals_are_errors_as_scim_has_them(directory: Directory, method: str, path: str, status: int) -> None:
    response = await directory.send(method, path, headers={"X-Request-Id": "request-0001"})
    error = response.json()
    assert response.headers["content-type"].startswith("application/scim+json")
    assert (error["schemas"], error["status"], response.status_code) == ([ERROR], str(status), status)
    assert "request request-0001" in error["detail"]


async def test_strangers_stay_outside(client: httpx.AsyncClient, directory: Directory) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        response = await client.get("/scim/v2/Users", headers=headers)
        assert (response.status_code, response.json()["schemas"]) == (401, [ERROR])
        assert response.headers["www-authenticate"] == "Bearer"
    stranger = make_client(directory.tenant_id, "records:read", "scores:read")
    reader, writer = (make_client(directory.tenant_id, scope) for scope in SCOPES)
    for path in ("/Users", "/Groups", "/ServiceProviderConfig"):
        await directory.ask("GET", path, expect=403, caller=stranger)
        await directory.ask("GET", path, expect=403, caller=writer)
        await directory.ask("GET", path, expect=200, caller=reader)
    await directory.ask("POST", "/Users", user_body(), expect=403, caller=reader)
    await directory.ask("POST", "/Bulk", bulk(), expect=403, caller=reader)


async def test_another_company_is_another_world(directory: Directory, installation: Installation) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    theirs = Directory(directory.client, other.tenant_id)
    user = await directory.user("lijun", externalId="x")
    group = await directory.group("Sales", user["id"])
    for resource, path in ((user, "Users"), (group, "Groups")):
        for method, body in (("GET", None), ("PUT", user_body()), ("PATCH", patch_body(RENAME)), ("DELETE", None)):
            sent = group_body() if (method, path) == ("PUT", "Groups") else body
            await theirs.ask(method, f"/{path}/{resource['id']}", sent, expect=404)
    assert await theirs.names('filter=externalId eq "x"') == []
    mine = await theirs.user("lijun")
    manager = {"manager": {"value": user["id"]}}
    await theirs.ask("POST", "/Users", user_body("b", enterprise=manager), expect=400)
    await theirs.ask("POST", "/Groups", group_body("Sales", user["id"]), expect=400)
    assert mine["id"] != user["id"]


async def test_telephone_numbers_are_for_whom_they_concern(directory: Directory, archive: Archive) -> None:
    phones = [{"value": "+86 10", "type": "work"}]
    head, user = await directory.user("head"), await directory.user(phoneNumbers=phones)
    group = await directory.group("Sales", head["id"], user["id"])
    await archive.head(group["id"], head["id"])
    tenant = directory.tenant_id
    seen = {
        "oneself": make_person(tenant, UUID(user["id"])),
        "hr": make_hr(tenant),
        "hr of sales": make_hr(tenant, hr_departments=(UUID(group["id"]),)),
        "admin": make_admin(tenant),
        "directory": make_client(tenant, *SCOPES),
    }
    hidden = {"head": make_person(tenant, UUID(head["id"])), "reader": make_client(tenant, SCOPES[0])}
    for name, caller in {**seen, **hidden}.items():
        shown = await directory.ask("GET", f"/Users/{user['id']}", caller=caller)
        listed = await directory.ask("GET", "/Users", None, params={"filter": 'userName eq "lijun"'}, caller=caller)
        assert [each.get("phoneNumbers") for each in (shown, *listed["Resources"])] == [
            phones if name in seen else None
        ] * 2, name


async def test_people_see_whom_they_reach(directory: Directory) -> None:
    head, user = await directory.user("head"), await directory.user("lijun")
    group = await directory.group("Sales", user["id"])
    caller = make_person(directory.tenant_id, UUID(head["id"]))
    await directory.ask("GET", f"/Users/{user['id']}", expect=404, caller=caller)
    page = await directory.ask("GET", "/Users", caller=caller)
    assert [each["userName"] for each in page["Resources"]] == ["head"]
    assert "members" not in await directory.ask("GET", f"/Groups/{group['id']}", caller=caller)


async def test_a_change_for_one_confined_to_departments_stays_there(directory: Directory, archive: Archive) -> None:
    sales, finance = await archive.department("S", name="Sales"), await archive.department("F", name="Finance")
    confined = make_hr(directory.tenant_id, hr_departments=(UUID(sales),))
    error = await directory.ask("POST", "/Users", user_body(), expect=400, caller=confined)
    assert "employment_required" in error["detail"]
    body = user_body("a", enterprise={"department": "Finance"})
    await directory.ask("POST", "/Users", body, expect=400, caller=confined)
    body = user_body("a", enterprise={"department": "Sales"})
    await directory.ask("POST", "/Users", body, expect=201, caller=confined)
    await directory.ask("POST", "/Groups", group_body("Own"), expect=400, caller=confined)
    rename = patch_body(RENAME)
    await directory.ask("PATCH", f"/Groups/{finance}", rename, expect=404, caller=confined)
    await directory.ask("PATCH", f"/Groups/{sales}", rename, expect=204, caller=confined)


async def test_links_lead_where_the_caller_came_from(directory: Directory) -> None:
    user = await directory.user()
    headers = {"X-Steelyard-Origin": "https://people.example.com"}
    seen = await directory.ask("GET", f"/Users/{user['id']}", headers=headers)
    assert seen["meta"]["location"] == f"https://people.example.com/scim/v2/Users/{user['id']}"


async def test_a_header_of_a_stranger_is_no_reason_to_break(client: httpx.AsyncClient, directory: Directory) -> None:
    response = await client.get(
        "/scim/v2/Users", headers={**bearer(make_client(directory.tenant_id, *SCOPES)), "If-Match": "nonsense"}
    )
    assert response.status_code == 200
