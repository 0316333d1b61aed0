"""Employees over HTTP: hiring, correcting, leaving, lists, and everything that is refused."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.archive.wiring import Wiring
from tests.factories.access import make_client, make_hr
from tests.factories.archive import Archive, published
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio
TODAY = date.today()  # noqa: DTZ011 -- a day more or less does not matter here


@pytest.fixture
async def employment(archive: Archive) -> dict[str, Any]:
    """Give the references of a first employment."""
    return {"department_id": await archive.department(), "position_id": await archive.position()}


async def test_a_person_is_hired_read_and_announced(
    archive: Archive, wiring: Wiring, employment: dict[str, Any]
) -> None:
    boss = await archive.employee("B1", employment=employment)
    body = {
        "work_number": "S01",
        "name": "王芳",
        "email": "wang@example.com",
        "joined_on": "2024-01-01",
        "custom_fields": {"shirt": "M", "old": None},
        "employment": {**employment, "manager_id": boss, "fte": "0.50"},
    }
    created = await archive.post("employees", body)
    [spell] = created["employments"]
    assert created["custom_fields"] == {"shirt": "M"}
    assert (spell["fte"], spell["starts_on"], spell["position_name"]) == ("0.5", "2024-01-01", "Position seller")
    assert await archive.read(f"employees/{created['id']}") == created
    event = (await published(wiring, archive.tenant_id, "employee.changed.v1"))[-1]
    assert (event["subject"], event["sequence"]) == (f"employees/{created['id']}", "1")
    assert event["data"]["employments"][0]["manager_id"] == boss
    assert "custom_fields" not in event["data"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"name": None}, "/name"),
        ({"email": "nobody"}, "/email"),
        ({"joined_on": "2026-02-30"}, "/joined_on"),
        ({"joined_on": "9999-12-31"}, "/joined_on"),
        ({"joined_on": "0001-01-01"}, "/joined_on"),
        ({"joined_on": 0}, "/joined_on"),
        ({"employment": {"fte": 0.5}}, "/employment/fte"),
        ({"employment": {"fte": "1.01"}}, "/employment/fte"),
        ({"employment": {"fte": "0"}}, "/employment/fte"),
        ({"employment": {"fte": "0.00001"}}, "/employment/fte"),
        ({"employment": {"fte": "1e999"}}, "/employment/fte"),
        ({"custom_fields": []}, "/custom_fields"),
        ({"custom_fields": {"a": "x" * 20_000}}, "/custom_fields"),
    ],
)
async def test_a_wrong_field_names_its_place(
    archive: Archive, employment: dict[str, Any], changes: dict[str, Any], pointer: str
) -> None:
    body = {"work_number": "S01", "name": "Ann", "joined_on": "2024-01-01", **changes}
    if "employment" in changes:
        body["employment"] = {**employment, **changes["employment"]}
    refused = await archive.post("employees", body, expect=422)
    assert [error["pointer"] for error in refused["errors"]] == [pointer]
    assert (await archive.read("employees"))["data"] == []


@pytest.mark.parametrize("field", ["department_id", "position_id", "manager_id"])
async def test_an_unknown_reference_names_its_place(archive: Archive, employment: dict[str, Any], field: str) -> None:
    body = {"work_number": "S01", "name": "Ann", "joined_on": "2024-01-01"}
    refused = await archive.post("employees", {**body, "employment": {**employment, field: str(uuid4())}}, expect=404)
    assert refused["code"] == "reference_not_found"
    assert [error["pointer"] for error in refused["errors"]] == [f"/employment/{field}"]


async def test_not_a_number_is_no_custom_field(archive: Archive, client: httpx.AsyncClient) -> None:
    body = b'{"work_number": "S01", "name": "Ann", "joined_on": "2024-01-01", "custom_fields": {"a": NaN}}'
    headers = bearer(make_hr(archive.tenant_id)) | {"Content-Type": "application/json"}
    refused = await client.post("/v1/employees", content=body, headers=headers)
    assert refused.status_code in {400, 422}


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0"])
async def test_an_instant_beyond_the_calendar_is_refused(
    archive: Archive, client: httpx.AsyncClient, instant: str
) -> None:
    headers = bearer(make_hr(archive.tenant_id))
    refused = await client.get("/v1/employees", params={"updated_after": instant}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/query/updated_after")


async def test_a_work_number_is_taken_once(archive: Archive) -> None:
    await archive.employee("S01")
    body = {"work_number": "S01", "name": "Other", "joined_on": "2024-01-01"}
    refused = await archive.post("employees", body, expect=409)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("already_exists", "/work_number")


async def test_a_merge_patch_changes_what_it_names(archive: Archive, wiring: Wiring) -> None:
    employee = await archive.employee(email="a@b.cn", custom_fields={"a": 1, "b": {"c": 1}})
    patch = {"name": "李娜", "email": None, "custom_fields": {"a": None, "b": {"d": 2}}}
    changed = await archive.send("PATCH", f"employees/{employee}", patch)
    shown = changed.json()
    assert (shown["name"], shown["email"], shown["work_number"]) == ("李娜", None, "S01")
    assert shown["custom_fields"] == {"b": {"c": 1, "d": 2}}
    assert changed.headers["etag"] == '"2"'
    told = await published(wiring, archive.tenant_id, "employee.changed.v1")
    assert [event["sequence"] for event in told] == ["1", "2"]


async def test_a_stale_version_changes_nothing(archive: Archive, client: httpx.AsyncClient) -> None:
    employee = await archive.employee()
    headers = bearer(make_hr(archive.tenant_id)) | {"If-Match": '"7"'}
    refused = await client.patch(f"/v1/employees/{employee}", json={"name": "B"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_changed")
    assert (await archive.read(f"employees/{employee}"))["name"] == "Person S01"


async def test_joining_later_than_the_first_employment_is_refused(archive: Archive, employment: dict[str, Any]) -> None:
    employee = await archive.employee(employment=employment)
    refused = await archive.send("PATCH", f"employees/{employee}", {"joined_on": "2024-02-01"})
    assert (refused.status_code, refused.json()["code"]) == (409, "outside_membership")


async def test_who_leaves_stays_in_the_archive_and_heads_no_more(
    archive: Archive, wiring: Wiring, employment: dict[str, Any]
) -> None:
    employee = await archive.employee(employment=employment)
    await archive.head(employment["department_id"], employee)
    left = await archive.post(f"employees/{employee}/departure", {"left_on": "2026-01-01"}, expect=200)
    department = await archive.read(f"departments/{employment['department_id']}")
    assert (left["left_on"], left["employments"][0]["ends_on"]) == ("2026-01-01", "2026-01-01")
    assert department["heads"][0]["ends_on"] == "2026-01-01"
    told = await published(wiring, archive.tenant_id, "department.changed.v1")
    assert (told[-1]["sequence"], told[-1]["data"]["heads"][0]["ends_on"]) == ("3", "2026-01-01")
    refused = await archive.send(
        "PUT",
        f"departments/{employment['department_id']}/heads",
        {"heads": [{"employee_id": employee, "starts_on": "2025-01-01"}]},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "head_leaves")


async def test_lists_filter(archive: Archive, employment: dict[str, Any]) -> None:
    elsewhere = {**employment, "department_id": await archive.department("T")}
    active = await archive.employee("S01", employment=employment)
    gone = await archive.employee("S02", employment=employment)
    await archive.post(f"employees/{gone}/departure", {"left_on": "2025-01-01"}, expect=200)
    upcoming = await archive.employee("S03", employment=elsewhere, joined_on=(TODAY + timedelta(days=30)).isoformat())

    async def ids(query: str) -> list[str]:
        return [row["id"] for row in (await archive.read(f"employees?{query}"))["data"]]

    assert await ids("") == [active, gone, upcoming]
    assert await ids("status=active") == [active]
    assert await ids("status=left") == [gone]
    assert await ids("status=upcoming") == [upcoming]
    assert await ids("work_number=S02") == [gone]
    assert await ids(f"department_id={employment['department_id']}") == [active, gone]
    assert await ids(f"department_id={elsewhere['department_id']}&status=active") == []
    assert (await archive.send("GET", "employees?status=retired")).status_code == 422


async def test_another_tenant_finds_nobody(
    archive: Archive, client: httpx.AsyncClient, installation: Installation, employment: dict[str, Any]
) -> None:
    employee = await archive.employee(employment=employment)
    tenant = make_tenant()
    await announce_tenant(installation, tenant)
    other = Archive(client, tenant.tenant_id)
    hired = {"work_number": "X", "name": "X", "joined_on": "2024-01-01", "employment": employment}
    assert (await other.send("GET", f"employees/{employee}")).status_code == 404
    assert (await other.send("PATCH", f"employees/{employee}", {"name": "X"})).status_code == 404
    assert (await other.send("POST", f"employees/{employee}/departure", {"left_on": "2026-01-01"})).status_code == 404
    assert (await other.post("employees", hired, expect=404))["code"] == "reference_not_found"
    assert (await other.read("employees"))["data"] == []


async def test_a_system_needs_the_scope(archive: Archive) -> None:
    employee = await archive.employee()
    reader = bearer(make_client(archive.tenant_id, "employees:read"))
    stranger = bearer(make_client(archive.tenant_id, "scores:read"))
    assert (await archive.read(f"employees/{employee}", caller=reader))["id"] == employee
    assert (await archive.send("GET", "employees", caller=stranger)).status_code == 403
    assert (await archive.send("PATCH", f"employees/{employee}", {"name": "X"}, caller=reader)).status_code == 403
