"""Users are employees: hired, moved, dismissed and taken back from the day a directory says so, and never lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.archive.wiring import Wiring
from tests.factories.archive import Archive, published
from tests.factories.scim import ENTERPRISE, Directory, user_body

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
LEAVE = {"op": "replace", "path": "active", "value": False}
RETURN = {"op": "replace", "path": "active", "value": True}


async def employee(archive: Archive, user: Any) -> Any:
    return await archive.read(f"employees/{user['id']}")


async def test_a_user_is_hired_with_all_that_is_said(archive: Archive, directory: Directory) -> None:
    boss = await directory.user("boss")
    said: dict[str, Any] = {
        "externalId": "e-1",
        "name": {"familyName": "李", "givenName": "俊"},
        "emails": [{"value": "home@example.com", "type": "home"}, {"value": "lijun@example.com", "primary": True}],
        "phoneNumbers": [{"value": "+86 10 1234", "type": "work"}],
        "active": True,
    }
    more = {"employeeNumber": "S07", "organization": "Retail", "costCenter": "4711", "manager": {"value": boss["id"]}}
    user = await directory.user(enterprise=more, **said)
    assert user["externalId"] == "e-1"
    assert user["name"] == said["name"]
    assert user["emails"] == [said["emails"][1], said["emails"][0]]
    assert user["phoneNumbers"] == said["phoneNumbers"]
    assert user[ENTERPRISE]["manager"]["$ref"].endswith(f"/scim/v2/Users/{boss['id']}")
    assert {part: user[ENTERPRISE][part] for part in ("employeeNumber", "organization", "costCenter")} == {
        part: more[part] for part in ("employeeNumber", "organization", "costCenter")
    }
    hired = await employee(archive, user)
    assert (hired["work_number"], hired["name"], hired["email"]) == ("S07", "李俊", "lijun@example.com")
    assert hired["joined_on"] in {str(TODAY), str(TODAY + timedelta(days=1))}


async def test_what_is_not_said_is_not_made_up(archive: Archive, directory: Directory) -> None:
    user = await directory.user("lijun")
    assert user.keys() == {"schemas", "id", "userName", "meta"}
    hired = await employee(archive, user)
    assert (hired["work_number"], hired["name"], hired["email"]) == ("lijun", "lijun", None)


async def test_whom_hr_has_hired_is_found_and_adopted(archive: Archive, directory: Directory) -> None:
    hired = await archive.employee("S07", name="王芳", email="wang@example.com")
    page = await directory.ask("GET", f'/Users?filter={ENTERPRISE}:employeeNumber eq "S07"')
    (user,) = page["Resources"]
    assert (user["id"], user["userName"], user["displayName"], user["active"]) == (hired, "S07", "王芳", True)
    assert user["emails"] == [{"value": "wang@example.com", "type": "work", "primary": True}]
    await directory.patch(user, {"op": "replace", "value": {"userName": "wang@corp", "externalId": "x"}})
    assert await directory.names('filter=userName eq "WANG@corp"') == ["wang@corp"]
    assert (await employee(archive, user))["work_number"] == "S07"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (user_body("lijun"), user_body("LiJun")),
        (user_body("a", enterprise={"employeeNumber": "7"}), user_body("b", enterprise={"employeeNumber": "7"})),
    ],
)
async def test_a_name_and_a_number_belong_to_one(directory: Directory, first: Any, second: Any) -> None:
    await directory.ask("POST", "/Users", first, expect=201)
    error = await directory.ask("POST", "/Users", second, expect=409)
    assert error["scimType"] == "uniqueness"


async def test_the_work_number_of_somebody_else_is_no_user_name(archive: Archive, directory: Directory) -> None:
    await archive.employee("S07")
    user = await directory.user("lijun")
    operation = {"op": "replace", "path": "userName", "value": "s07"}
    assert (await directory.patch(user, operation, expect=409))["scimType"] == "uniqueness"


async def test_who_is_not_active_has_left(archive: Archive, directory: Directory, wiring: Wiring) -> None:
    department, position = await archive.department(), await archive.position()
    spell = {"department_id": department, "position_id": position, "starts_on": "2024-01-01"}
    hired = await archive.employee("S07", employment=spell)
    await archive.head(department, hired)
    user = await directory.ask("GET", f"/Users/{hired}")
    await directory.patch(user, LEAVE)
    left = await employee(archive, user)
    assert left["left_on"] == left["employments"][0]["ends_on"] is not None
    assert left["employments"][0]["starts_on"] == "2024-01-01"
    assert (await archive.read(f"departments/{department}"))["heads"][0]["ends_on"] == left["left_on"]
    assert (await directory.read(user))["active"] is False
    told = (await published(wiring, directory.tenant_id, "employee.changed.v1"))[-1]["data"]
    assert told["left_on"] == left["left_on"]


async def test_who_returns_goes_on_as_before(archive: Archive, directory: Directory) -> None:
    spell = {"department_id": await archive.department(), "position_id": await archive.position()}
    hired = await archive.employee("S07", employment=spell)
    user = await directory.ask("GET", f"/Users/{hired}")
    before = await employee(archive, user)
    await directory.patch(user, LEAVE)
    await directory.patch(user, RETURN)
    after = await employee(archive, user)
    assert (after["left_on"], after["employments"]) == (None, before["employments"])


async def test_who_left_long_ago_is_employed_anew(archive: Archive, directory: Directory) -> None:
    spell = {"department_id": await archive.department(), "position_id": await archive.position()}
    hired = await archive.employee("S07", employment=spell)
    await archive.post(f"employees/{hired}/departure", {"left_on": "2025-01-01"}, expect=200)
    user = await directory.ask("GET", f"/Users/{hired}")
    assert user["active"] is False
    await directory.patch(user, RETURN)
    first, second = (await employee(archive, user))["employments"]
    assert (first["starts_on"], first["ends_on"]) == ("2024-01-01", "2025-01-01")
    assert (second["ends_on"], second["department_id"]) == (None, spell["department_id"])
    assert second["starts_on"] >= str(TODAY)


async def test_who_was_hired_today_may_leave_today(archive: Archive, directory: Directory) -> None:
    user = await directory.user()
    await directory.group("Sales", user["id"])
    await directory.patch(user, LEAVE)
    left = await employee(archive, user)
    assert left["left_on"] == left["joined_on"]
    assert (await directory.read(user))["active"] is False


async def test_a_deleted_user_is_gone_for_directories_alone(archive: Archive, directory: Directory) -> None:
    spell = {"department_id": await archive.department(), "position_id": await archive.position()}
    hired = await archive.employee("S07", employment=spell)
    await directory.ask("DELETE", f"/Users/{hired}", expect=204)
    for method in ("GET", "DELETE"):
        await directory.ask(method, f"/Users/{hired}", expect=404)
    assert await directory.names("") == []
    kept = await archive.read(f"employees/{hired}")
    assert (kept["left_on"], kept["employments"][0]["starts_on"]) != (None, None)


async def test_who_was_deleted_comes_back_to_the_same_file(archive: Archive, directory: Directory) -> None:
    user = await directory.user("lijun", enterprise={"employeeNumber": "S07"})
    await directory.ask("DELETE", f"/Users/{user['id']}", expect=204)
    again = await directory.user("lijun.2", enterprise={"employeeNumber": "S07"})
    assert (again["id"], again["userName"]) == (user["id"], "lijun.2")
    assert (await employee(archive, again))["left_on"] is None


async def test_department_and_title_move_who_is_employed(archive: Archive, directory: Directory) -> None:
    sales, finance = await archive.department("S", name="Sales"), await archive.department("F", name="Finance")
    seller, clerk = await archive.position("seller", name="Seller"), await archive.position("clerk", name="Clerk")
    spell = {"department_id": sales, "position_id": seller}
    hired = await archive.employee("S07", employment=spell)
    user = await directory.ask("GET", f"/Users/{hired}")
    assert (user["title"], user[ENTERPRISE]["department"]) == ("Seller", "Sales")
    await directory.patch(user, {"op": "replace", "value": {"title": "Clerk", f"{ENTERPRISE}:department": "Finance"}})
    first, second = (await archive.read(f"employees/{hired}"))["employments"]
    assert (first["department_id"], first["ends_on"]) == (sales, second["starts_on"])
    assert (second["department_id"], second["position_id"], second["ends_on"]) == (finance, clerk, None)
    moved = await directory.read(user)
    assert (moved["title"], moved[ENTERPRISE]["department"]) == ("Clerk", "Finance")
    assert [each["display"] for each in moved["groups"]] == ["Finance"]


async def test_texts_that_name_nothing_here_are_kept_as_texts(archive: Archive, directory: Directory) -> None:
    spell = {"department_id": await archive.department(), "position_id": await archive.position()}
    hired = await archive.employee("S07", employment=spell)
    user = await directory.ask("GET", f"/Users/{hired}")
    await directory.patch(user, {"op": "replace", "value": {"title": "Guru", f"{ENTERPRISE}:department": "Nowhere"}})
    shown = await directory.read(user)
    assert (shown["title"], shown[ENTERPRISE]["department"]) == ("Guru", "Nowhere")
    assert len((await archive.read(f"employees/{hired}"))["employments"]) == 1


async def test_a_department_places_who_has_no_employment(archive: Archive, directory: Directory) -> None:
    sales, seller = await archive.department(name="Sales"), await archive.position(name="Seller")
    user = await directory.user(title="Seller", enterprise={"department": "Sales"})
    (spell,) = (await employee(archive, user))["employments"]
    assert (spell["department_id"], spell["position_id"]) == (sales, seller)


async def test_a_title_of_no_position_makes_nobody_homeless(archive: Archive, directory: Directory) -> None:
    await archive.department(name="Sales")
    user = await directory.user(title="Guru", enterprise={"department": "Sales"})
    (spell,) = (await employee(archive, user))["employments"]
    assert spell["position_name"] == "Unassigned"
    assert user["title"] == "Guru"


async def test_managers_are_employees(archive: Archive, directory: Directory) -> None:
    await archive.department(name="Sales")
    boss = await directory.user("boss")
    user = await directory.user(enterprise={"department": "Sales", "manager": {"value": boss["id"]}})
    assert (await employee(archive, user))["employments"][0]["manager_id"] == boss["id"]
    path = f"{ENTERPRISE}:manager"
    for value in (directory.tenant_id.hex, "nobody"):
        operation = {"op": "replace", "path": path, "value": {"value": value}}
        assert (await directory.patch(user, operation, expect=400))["scimType"] == "invalidValue"
    await directory.patch(user, {"op": "replace", "path": path, "value": {"value": user["id"]}}, expect=409)
    await directory.patch(user, {"op": "remove", "path": path})
    assert (await employee(archive, user))["employments"][-1]["manager_id"] is None


async def test_a_put_replaces_and_ends_nothing_by_silence(archive: Archive, directory: Directory) -> None:
    await archive.department(name="Sales")
    user = await directory.user(displayName="Li Jun", title="Guru", enterprise={"department": "Sales"})
    replaced = await directory.ask("PUT", f"/Users/{user['id']}", user_body("lijun", displayName="Lijun"))
    assert replaced["displayName"] == "Lijun"
    assert "title" not in replaced
    hired = await employee(archive, user)
    assert (hired["name"], hired["left_on"], hired["employments"][0]["ends_on"]) == ("Lijun", None, None)
    assert hired["work_number"] == "lijun"


async def test_a_name_follows_its_parts_where_it_was_made_of_them(archive: Archive, directory: Directory) -> None:
    user = await directory.user(name={"givenName": "Jun", "familyName": "Li"})
    await directory.patch(user, {"op": "replace", "path": "displayName", "value": "Jun Li"})
    await directory.patch(user, {"op": "replace", "path": "name.familyName", "value": "Wang"})
    assert (await employee(archive, user))["name"] == "Jun Wang"
    await directory.patch(user, {"op": "replace", "path": "displayName", "value": "JW"})
    await directory.patch(user, {"op": "replace", "path": "name.familyName", "value": "Zhao"})
    assert (await employee(archive, user))["name"] == "JW"


@pytest.mark.parametrize(
    "wrong",
    [
        {"emails": [{"value": "no address"}]},
        {"displayName": "x" * 201},
        {"displayName": "a\u0000b"},
        {"userName": "x" * 51},
        {"userName": ""},
        {"active": "perhaps"},
    ],
)
async def test_wrong_values_are_refused(directory: Directory, wrong: Any) -> None:
    error = await directory.ask("POST", "/Users", {**user_body(), **wrong}, expect=400)
    assert error["scimType"] in {"invalidValue", "invalidSyntax"}
    assert await directory.names("") == []
