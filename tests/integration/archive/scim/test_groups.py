"""Groups are departments: who is made a member is transferred, who is taken out stops working there."""

import pytest

from tests.factories.access import make_hr
from tests.factories.archive import Archive
from tests.factories.scim import Directory

pytestmark = pytest.mark.anyio


def add(*members: str) -> dict[str, object]:
    return {"op": "add", "path": "members", "value": [{"value": each} for each in members]}


async def members(directory: Directory, group: dict[str, object]) -> set[str]:
    return {each["value"] for each in (await directory.read(group)).get("members", ())}


async def test_a_group_is_a_department(archive: Archive, directory: Directory) -> None:
    user = await directory.user()
    group = await directory.group("销售部", user["id"], externalId="g-1")
    department = await archive.read(f"departments/{group['id']}")
    assert (department["name"], department["code"], department["parent_id"]) == ("销售部", "销售部", None)
    (spell,) = (await archive.read(f"employees/{user['id']}"))["employments"]
    assert spell["department_id"] == group["id"]
    (shown,) = group["members"]
    assert (shown["value"], shown["type"]) == (user["id"], "User")
    assert shown["$ref"].endswith(f"/scim/v2/Users/{user['id']}")
    assert [each["value"] for each in (await directory.read(user))["groups"]] == [group["id"]]


async def test_two_groups_of_one_name_have_codes_of_their_own(archive: Archive, directory: Directory) -> None:
    groups = [await directory.group("Sales", externalId="g-1"), await directory.group("Sales", externalId="g-1")]
    codes = [(await archive.read(f"departments/{group['id']}"))["code"] for group in groups]
    assert codes == ["Sales", "g-1"]


async def test_a_member_of_another_group_is_transferred(archive: Archive, directory: Directory) -> None:
    sales, finance = await archive.department("S"), await directory.group("Finance")
    spell = {"department_id": sales, "position_id": await archive.position(), "fte": "0.5"}
    hired = await archive.employee("S07", employment=spell)
    await directory.patch(finance, add(hired))
    first, second = (await archive.read(f"employees/{hired}"))["employments"]
    assert (first["department_id"], first["ends_on"]) == (sales, second["starts_on"])
    assert (second["department_id"], second["fte"], second["position_id"]) == (
        finance["id"],
        "0.5",
        spell["position_id"],
    )
    await directory.patch(finance, add(hired))
    assert len((await archive.read(f"employees/{hired}"))["employments"]) == 2, "once is enough"


async def test_who_is_taken_out_works_there_no_more(archive: Archive, directory: Directory) -> None:
    sales = await archive.department("S")
    spell = {"department_id": sales, "position_id": await archive.position()}
    people = [await archive.employee(number, employment=spell) for number in ("1", "2", "3")]
    group = await directory.ask("GET", f"/Groups/{sales}")
    await directory.patch(group, {"op": "remove", "path": f'members[value eq "{people[0]}"]'})
    await directory.patch(group, {"op": "remove", "path": "members", "value": [{"value": people[1]}]})
    assert await members(directory, group) == {people[2]}
    gone = await archive.read(f"employees/{people[0]}")
    assert gone["left_on"] is None
    assert gone["employments"][0]["ends_on"] is not None
    await directory.patch(group, {"op": "replace", "path": "members", "value": [{"value": people[0]}]})
    assert await members(directory, group) == {people[0]}


async def test_who_has_left_is_nobodys_colleague(archive: Archive, directory: Directory) -> None:
    hired, group = await archive.employee("S07"), await directory.group()
    await archive.post(f"employees/{hired}/departure", {"left_on": "2025-01-01"}, expect=200)
    error = await directory.patch(group, add(hired), expect=409)
    assert "left_already" in error["detail"]


async def test_members_are_users_of_this_company(directory: Directory) -> None:
    group, user = await directory.group(), await directory.user()
    for wrong in ("nobody", group["id"]):
        error = await directory.patch(group, add(user["id"], wrong), expect=400)
        assert error["scimType"] == "invalidValue"
    assert await members(directory, group) == set(), "all or nothing"


async def test_nobody_moves_themselves(archive: Archive, directory: Directory) -> None:
    hired, group = await archive.employee("S07"), await directory.group()
    hr = make_hr(directory.tenant_id, employee_id=archive.tenant_id.__class__(hired))
    await directory.patch(group, add(hired), expect=403, caller=hr)
    operation = {"op": "replace", "path": "displayName", "value": "Me"}
    user = await directory.ask("GET", f"/Users/{hired}")
    assert "separation_of_duties" in (await directory.patch(user, operation, expect=403, caller=hr))["detail"]


async def test_a_group_is_renamed(archive: Archive, directory: Directory) -> None:
    user = await directory.user()
    group = await directory.group("Sales", user["id"])
    await directory.patch(group, {"op": "replace", "value": {"displayName": "Retail", "externalId": "r"}})
    assert (await archive.read(f"departments/{group['id']}"))["name"] == "Retail"
    renamed = await directory.read(group)
    assert (renamed["displayName"], renamed["externalId"], len(renamed["members"])) == ("Retail", "r", 1)


async def test_a_deleted_group_leaves_the_department_as_it_is(archive: Archive, directory: Directory) -> None:
    user = await directory.user()
    group = await directory.group("Sales", user["id"])
    await directory.ask("DELETE", f"/Groups/{group['id']}", expect=204)
    await directory.ask("GET", f"/Groups/{group['id']}", expect=404)
    assert (await directory.ask("GET", "/Groups"))["totalResults"] == 0
    assert (await archive.read(f"departments/{group['id']}"))["name"] == "Sales"
    (spell,) = (await archive.read(f"employees/{user['id']}"))["employments"]
    assert spell["ends_on"] is None
    assert (await directory.group("Sales"))["id"] == group["id"], "named again, it is the same one"
