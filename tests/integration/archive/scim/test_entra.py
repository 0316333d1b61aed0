"""What Microsoft Entra sends, as its documentation and its provisioning logs have it."""

from typing import Any

import pytest

from tests.factories.archive import Archive
from tests.factories.scim import ENTERPRISE, PATCH, USER, Directory

pytestmark = pytest.mark.anyio

CREATION: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1@contoso.example",
    "active": "True",
    "displayName": "lennay",
    "emails": [{"primary": True, "type": "work", "value": "Test_User_fd0ea19b@testuser.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
    "roles": [],
    "addresses": [{"type": "work", "country": "CN", "formatted": "Nanjing Road 1"}],
    "preferredLanguage": "zh-CN",
    ENTERPRISE: {"employeeNumber": "E-17", "department": "bob", "manager": ""},
}


async def entra(directory: Directory, user: Any, *operations: dict[str, Any]) -> Any:
    body = {"schemas": [PATCH], "Operations": list(operations)}
    await directory.ask("PATCH", f"/Users/{user['id']}", body, expect=204)
    return await directory.read(user)


@pytest.fixture
async def user(directory: Directory) -> Any:
    return await directory.ask("POST", "/Users", CREATION, expect=201)


async def test_its_first_look_finds_nobody(directory: Directory) -> None:
    page = await directory.ask("GET", '/Users?filter=userName eq "nobody@contoso.example"')
    assert (page["totalResults"], page.get("Resources", [])) == (0, [])
    assert page["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]


async def test_it_creates_and_finds_again(user: Any, directory: Directory) -> None:
    assert user["active"] is True
    assert user[ENTERPRISE] == {"employeeNumber": "E-17", "department": "bob"}
    assert "addresses" not in user
    for condition in (f'userName eq "{CREATION["userName"]}"', f'externalId eq "{CREATION["externalId"]}"'):
        page = await directory.ask("GET", "/Users", None, params={"filter": condition})
        assert [each["id"] for each in page["Resources"]] == [user["id"]]


async def test_it_disables_with_a_text(user: Any, directory: Directory, archive: Archive) -> None:
    disabled = await entra(directory, user, {"op": "Replace", "path": "active", "value": "False"})
    assert disabled["active"] is False
    assert (await archive.read(f"employees/{user['id']}"))["left_on"] is not None
    assert (await entra(directory, user, {"op": "Replace", "value": {"active": "True"}}))["active"] is True


async def test_it_patches_without_a_path(user: Any, directory: Directory) -> None:
    value = {
        "displayName": "MOD",
        "name.givenName": "Given",
        f"{ENTERPRISE}:division": "East",
        'emails[type eq "work"].value': "mod@contoso.example",
    }
    changed = await entra(directory, user, {"op": "replace", "value": value})
    assert (changed["displayName"], changed["name"]["givenName"]) == ("MOD", "Given")
    assert changed[ENTERPRISE]["division"] == "East"
    assert changed["emails"][0]["value"] == "mod@contoso.example"


async def test_it_names_a_manager_by_a_bare_text(user: Any, directory: Directory) -> None:
    boss = await directory.user("boss")
    path = f"{ENTERPRISE}:manager"
    managed = await entra(directory, user, {"op": "Add", "path": path, "value": boss["id"]})
    assert managed[ENTERPRISE]["manager"]["value"] == boss["id"]
    objects = [{"op": "Replace", "path": path, "value": {"$ref": f"../Users/{boss['id']}", "value": boss["id"]}}]
    assert (await entra(directory, user, *objects))[ENTERPRISE]["manager"]["value"] == boss["id"]
    unmanaged = await entra(directory, user, {"op": "Remove", "path": path})
    assert "manager" not in unmanaged[ENTERPRISE]
    body = {**CREATION, "userName": "second", ENTERPRISE: {"employeeNumber": "E-18", "manager": boss["id"]}}
    second = await directory.ask("POST", "/Users", {**body, "externalId": "2"}, expect=201)
    assert second[ENTERPRISE]["manager"]["value"] == boss["id"]


async def test_it_writes_through_filters_that_match_nothing_yet(user: Any, directory: Directory) -> None:
    operations = [
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+86 139"},
        {"op": "Add", "path": 'emails[type eq "home"].value', "value": "home@contoso.example"},
        {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "CN"},
        {"op": "Replace", "path": "nickName", "value": "Len"},
    ]
    changed = await entra(directory, user, *operations)
    assert changed["phoneNumbers"] == [{"type": "mobile", "value": "+86 139"}]
    assert {each["type"] for each in changed["emails"]} == {"work", "home"}


async def test_it_maintains_groups(user: Any, directory: Directory) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "Retail",
        "meta": {"resourceType": "Group"},
    }
    group = await directory.ask("POST", "/Groups", body, expect=201)
    found = await directory.ask("GET", '/Groups?excludedAttributes=members&filter=displayName eq "Retail"')
    assert found["totalResults"] == 1
    for operation, there in (("Add", True), ("Remove", False)):
        change = {"op": operation, "path": "members", "value": [{"$ref": None, "value": user["id"]}]}
        await directory.patch(group, change)
        assert ("members" in await directory.read(group)) is there
    renamed = {"op": "Replace", "path": "displayName", "value": "Retail East"}
    await directory.patch(group, renamed)
    await directory.ask("DELETE", f"/Groups/{group['id']}", expect=204)


async def test_it_deletes_in_the_end(user: Any, directory: Directory) -> None:
    await directory.ask("DELETE", f"/Users/{user['id']}", expect=204)
    error = await directory.ask("GET", f"/Users/{user['id']}", expect=404)
    assert error["status"] == "404"
