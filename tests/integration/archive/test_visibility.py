"""Who sees whom: oneself, a head the subtree, HR its departments, admins and scoped systems everybody."""

from typing import Any
from uuid import UUID

import pytest

from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.archive import Archive, record_body
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


class Company:
    """Two departments one below the other, one beside; somebody in each, and a head at the top."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.departments: dict[str, str] = {}
        self.people: dict[str, str] = {}

    async def found(self) -> "Company":
        position = await self.archive.position()
        for code, parent in (("top", None), ("below", "top"), ("beside", None)):
            self.departments[code] = await self.archive.department(
                code, parent_id=self.departments[parent] if parent else None
            )
            employment = {"department_id": self.departments[code], "position_id": position}
            self.people[code] = await self.archive.employee(code, employment=employment)
        employment = {"department_id": self.departments["top"], "position_id": position}
        self.people["head"] = await self.archive.employee("head", employment=employment)
        await self.archive.head(self.departments["top"], self.people["head"])
        return self

    def person(self, name: str) -> dict[str, str]:
        return bearer(make_person(self.archive.tenant_id, UUID(self.people[name])))

    def hr_of(self, *codes: str) -> dict[str, str]:
        departments = tuple(UUID(self.departments[code]) for code in codes)
        return bearer(make_hr(self.archive.tenant_id, hr_departments=departments))

    async def seen(self, caller: dict[str, str]) -> set[str]:
        rows = (await self.archive.read("employees", caller=caller))["data"]
        return {row["work_number"] for row in rows}


@pytest.fixture
async def company(archive: Archive) -> Company:
    return await Company(archive).found()


async def test_everybody_sees_the_rows_of_their_reach(company: Company) -> None:
    tenant_id = company.archive.tenant_id
    everybody = {"top", "below", "beside", "head"}
    assert await company.seen(company.person("below")) == {"below"}
    assert await company.seen(company.person("head")) == {"top", "below", "head"}
    assert await company.seen(company.hr_of("below", "beside")) == {"below", "beside"}
    assert await company.seen(bearer(make_hr(tenant_id))) == everybody
    assert await company.seen(bearer(make_admin(tenant_id))) == everybody
    assert await company.seen(bearer(make_client(tenant_id, "employees:read"))) == everybody


async def test_hr_of_some_departments_sees_what_it_heads_besides(company: Company) -> None:
    scope = (UUID(company.departments["beside"]),)
    head = make_hr(company.archive.tenant_id, employee_id=UUID(company.people["head"]), hr_departments=scope)
    assert await company.seen(bearer(head)) == {"top", "below", "head", "beside"}


async def test_a_subtree_that_moves_is_seen_from_its_new_place(company: Company) -> None:
    below = company.departments["below"]
    await company.archive.send("PATCH", f"departments/{below}", {"parent_id": company.departments["beside"]})
    assert await company.seen(company.person("head")) == {"top", "head"}
    assert await company.seen(company.hr_of("beside")) == {"below", "beside"}


async def test_a_former_head_sees_no_more_than_others(company: Company) -> None:
    ended = {"ends_on": "2025-01-01"}
    await company.archive.head(company.departments["top"], company.people["head"], **ended)
    assert await company.seen(company.person("head")) == {"head"}


async def test_a_leaver_stays_visible_where_the_last_employment_was(company: Company) -> None:
    gone = company.people["below"]
    await company.archive.post(f"employees/{gone}/departure", {"left_on": "2026-01-01"}, expect=200)
    assert await company.seen(company.person("head")) == {"top", "below", "head"}


@pytest.mark.parametrize("path", ["", "/employments", "/records", "/portrait"])
async def test_who_is_out_of_reach_is_not_there(company: Company, path: str) -> None:
    url = f"employees/{company.people['beside']}{path}"
    assert (await company.archive.send("GET", url, caller=company.person("head"))).status_code == 404
    assert (await company.archive.send("GET", url, caller=company.hr_of("below"))).status_code == 404
    assert (await company.archive.send("GET", url, caller=company.person("beside"))).status_code == 200


async def test_hr_writes_within_its_departments_only(company: Company) -> None:
    archive, hr = company.archive, company.hr_of("below")
    position = (await archive.read("positions"))["data"][0]["id"]
    away = {"department_id": company.departments["beside"], "position_id": position, "starts_on": "2025-01-01"}
    here = {**away, "department_id": company.departments["below"]}
    new = {"work_number": "N", "name": "New", "joined_on": "2025-01-01"}

    async def status(method: str, path: str, body: Any) -> int:
        return (await archive.send(method, path, body, caller=hr)).status_code

    assert await status("PATCH", f"employees/{company.people['beside']}", {"name": "X"}) == 404
    assert await status("PATCH", f"employees/{company.people['below']}", {"name": "X"}) == 200
    assert await status("POST", f"employees/{company.people['below']}/employments", away) == 404
    assert await status("POST", f"employees/{company.people['beside']}/records", record_body()) == 404
    assert await status("POST", f"employees/{company.people['below']}/records", record_body()) == 201
    assert await status("POST", "employees", new) == 422
    assert await status("POST", "employees", {**new, "employment": away}) == 404
    assert await status("POST", "employees", {**new, "employment": here}) == 201
    assert await status("POST", "departments", {"code": "N", "name": "N"}) == 404
    assert await status("PATCH", f"departments/{company.departments['below']}", {"parent_id": None}) == 404
    assert await status("PATCH", f"departments/{company.departments['top']}", {"name": "X"}) == 404


async def test_delicate_notes_are_for_the_person_the_head_and_hr(company: Company) -> None:
    archive, path = company.archive, f"employees/{company.people['below']}/records"
    for kind in ("discipline", "feedback", "training"):
        await archive.post(path, record_body(kind=kind, note=f"about {kind}"))

    async def notes(caller: dict[str, str]) -> list[str | None]:
        listed = [row["note"] for row in (await archive.read(path, caller=caller))["data"]]
        portrait = (await archive.read(path.replace("records", "portrait"), caller=caller))["records"]
        assert [portrait[kind][0]["note"] for kind in ("discipline", "feedback", "training")] == listed
        return listed

    all_notes = ["about discipline", "about feedback", "about training"]
    masked = [None, None, "about training"]
    assert await notes(company.person("below")) == all_notes
    assert await notes(company.person("head")) == all_notes
    assert await notes(company.hr_of("below")) == all_notes
    assert await notes(bearer(make_admin(archive.tenant_id))) == masked
    assert await notes(bearer(make_client(archive.tenant_id, "records:read"))) == masked


async def test_employees_write_nothing(company: Company) -> None:
    url = f"employees/{company.people['below']}"
    for caller in (company.person("below"), company.person("head")):
        assert (await company.archive.send("PATCH", url, {"name": "X"}, caller=caller)).status_code == 403
        assert (await company.archive.send("POST", f"{url}/records", record_body(), caller=caller)).status_code == 403


async def test_why_somebody_is_away_is_for_the_person_and_hr(company: Company) -> None:
    archive, url = company.archive, f"employees/{company.people['below']}"
    leave = {"kind": "sick", "starts_on": "2025-03-01", "ends_on": "2025-03-04"}
    await archive.post(f"{url}/leaves", leave)

    async def kinds(caller: dict[str, str]) -> set[str | None]:
        read = await archive.read(url, caller=caller)
        listed = next(
            row for row in (await archive.read("employees", caller=caller))["data"] if row["id"] == read["id"]
        )
        portrait = await archive.read(f"{url}/portrait", caller=caller)
        assert {each["starts_on"] for each in read["leaves"]} == {"2025-03-01"}
        return {each["kind"] for answer in (read, listed, portrait) for each in answer["leaves"]}

    system = bearer(make_client(archive.tenant_id, "employees:read", "employees:write", "records:read"))
    admin = bearer(make_admin(archive.tenant_id))
    for caller in (company.person("below"), company.hr_of("below")):
        assert await kinds(caller) == {"sick"}
    for caller in (company.person("head"), admin, system):
        assert await kinds(caller) == {None}
    for caller, shown in ((company.hr_of("below"), "sick"), (admin, None), (system, None)):
        changed = await archive.send("PATCH", url, {"name": "New"}, caller=caller)
        assert [each["kind"] for each in changed.json()["leaves"]] == [shown]


async def test_answers_to_writes_hide_the_notes_that_reads_hide(company: Company) -> None:
    archive, path = company.archive, f"employees/{company.people['below']}/records"
    for caller, shown in ((company.hr_of("below"), "late"), (bearer(make_admin(archive.tenant_id)), None)):
        body = record_body(kind="discipline", note="late")
        assert (await archive.send("POST", path, body, caller=caller)).json()["note"] == shown
