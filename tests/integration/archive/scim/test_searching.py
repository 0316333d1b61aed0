"""Filters, orders and pages, which scim2-tester does not look at."""

from typing import Any

import pytest

from tests.factories.archive import Archive
from tests.factories.scim import ENTERPRISE, SEARCH, Directory

pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(directory: Directory) -> Directory:
    """Provision three people, of whom the last has left."""
    await directory.user("Anna", externalId="x1", displayName="Anna Lee", emails=[{"value": "Anna@Example.com"}])
    await directory.user("bert", externalId="X1", name={"familyName": "Ox", "givenName": "Bert"}, active=True)
    await directory.user("cäsar", active=False, enterprise={"employeeNumber": "7"}, displayName="100% 'Q'")
    return directory


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('userName eq "anna"', ["Anna"]),
        ('USERNAME EQ "ANNA"', ["Anna"]),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna"', ["Anna"]),
        ('externalId eq "x1"', ["Anna"]),
        ('externalId ne "x1"', ["bert", "cäsar"]),
        ('userName eq "CÄSAR"', ["cäsar"]),
        ("active eq false", ["cäsar"]),
        ("active eq true", ["Anna", "bert"]),
        ('emails.value eq "anna@example.com"', ["Anna"]),
        ('emails[type eq "work"].value eq "anna@example.com"', ["Anna"]),
        ('emails[type eq "home" and value eq "anna@example.com"]', []),
        ('emails co "example"', ["Anna"]),
        ("emails pr", ["Anna"]),
        ("not (emails pr)", ["bert", "cäsar"]),
        (f'{ENTERPRISE}:employeeNumber eq "7"', ["cäsar"]),
        ('name.familyName sw "o"', ["bert"]),
        ("displayName ew \"'q'\"", ["cäsar"]),
        ('displayName co "%"', ["cäsar"]),
        ('displayName co "_"', []),
        ('userName gt "anna" and userName lt "c"', ["bert"]),
        ('userName eq "anna" or (userName eq "bert" and active eq true)', ["Anna", "bert"]),
        ('meta.lastModified gt "2020-01-01T00:00:00Z"', ["Anna", "bert", "cäsar"]),
        ('meta.created lt "2020-01-01T00:00:00Z"', []),
        ('id eq "nobody"', []),
        ("externalId eq null", ["cäsar"]),
    ],
)
async def test_filters_find_what_they_say(people: Directory, condition: str, found: list[str]) -> None:
    page = await people.ask("GET", "/Users", None, params={"filter": condition})
    assert sorted(each["userName"] for each in page.get("Resources", ())) == sorted(found)
    assert page["totalResults"] == len(found)


@pytest.mark.parametrize(
    "condition",
    [
        "userName",
        'userName is "x"',
        'nickname eq "x"',
        'phoneNumbers.value eq "x"',
        'title eq "x"',
        "userName co 1",
        'meta.created gt "yesterday"',
        "active co true",
        'groups.value eq "x"',
        'userName eq "a' + "\\u0000" + '"',
    ],
)
async def test_filters_that_mean_nothing_here_are_refused(people: Directory, condition: str) -> None:
    error = await people.ask("GET", "/Users", None, params={"filter": condition}, expect=400)
    assert error["scimType"] in {"invalidFilter", "invalidValue"}


async def test_an_order_is_kept_across_pages(people: Directory) -> None:
    assert await people.names("sortBy=userName") == ["Anna", "bert", "cäsar"]
    assert await people.names("sortBy=userName&sortOrder=descending") == ["cäsar", "bert", "Anna"]
    assert (await people.names("sortBy=externalId"))[-1] == "cäsar", "who has none comes last"
    assert await people.names("sortBy=userName&startIndex=2&count=1") == ["bert"]
    await people.ask("GET", "/Users?sortBy=title", expect=400)


async def test_pages_say_where_they_are(people: Directory) -> None:
    page = await people.ask("GET", "/Users?startIndex=2&count=5")
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, 2, 2)
    none = await people.ask("GET", "/Users?count=0")
    assert (none["totalResults"], none.get("Resources", [])) == (3, [])
    beyond = await people.ask("GET", "/Users?startIndex=9")
    assert (beyond["totalResults"], beyond["itemsPerPage"]) == (3, 0)
    seen = [name for start in (1, 2, 3) for name in await people.names(f"startIndex={start}&count=1")]
    assert sorted(seen) == ["Anna", "bert", "cäsar"]


async def test_a_page_has_at_most_what_is_announced(directory: Directory, archive: Archive) -> None:
    for number in range(3):
        await archive.employee(f"S{number}")
    config = await directory.ask("GET", "/ServiceProviderConfig")
    page = await directory.ask("GET", "/Users?count=1000000")
    assert page["itemsPerPage"] == 3 <= config["filter"]["maxResults"] == 200


async def test_searches_may_be_posted(people: Directory) -> None:
    body: dict[str, Any] = {"schemas": [SEARCH], "filter": 'userName eq "anna"', "attributes": ["userName"]}
    page = await people.ask("POST", "/Users/.search", body)
    assert [each.keys() for each in page["Resources"]] == [{"schemas", "id", "userName"}]


async def test_people_and_groups_are_one_collection_at_the_root(people: Directory) -> None:
    await people.group("Sales")
    found = []
    for start in range(1, 5):
        page = await people.ask("POST", "/.search", {"schemas": [SEARCH], "startIndex": start, "count": 1})
        assert page["totalResults"] == 4
        found += [each["meta"]["resourceType"] for each in page["Resources"]]
    assert found == ["User", "User", "User", "Group"]
    named = await people.ask("POST", "/.search", {"schemas": [SEARCH], "filter": 'displayName eq "sales"'})
    assert named["totalResults"] == 1
    of_people = await people.ask("POST", "/.search", {"schemas": [SEARCH], "filter": 'userName eq "anna"'})
    assert [each["userName"] for each in of_people["Resources"]] == ["Anna"]


async def test_groups_are_found_by_name_and_without_members(people: Directory) -> None:
    user = (await people.ask("GET", "/Users?count=1&sortBy=userName"))["Resources"][0]
    await people.group("Sales", user["id"], externalId="g")
    for condition in ('displayName eq "sales"', 'externalId eq "g"'):
        page = await people.ask("GET", "/Groups", None, params={"filter": condition, "excludedAttributes": "members"})
        assert ["members" in each for each in page["Resources"]] == [False]
    whole = await people.ask("GET", "/Groups")
    assert len(whole["Resources"][0]["members"]) == 1
    assert whole["Resources"][0]["meta"]["version"] == page["Resources"][0]["meta"]["version"]
