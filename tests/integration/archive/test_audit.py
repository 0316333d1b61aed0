"""What calls to the archive leave for the audit log: reads of others' data, changes with their commit, refusals."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.archive.wiring import Wiring
from shared.contracts.audit import AuditRecorded
from tests.factories.access import make_client, make_hr, make_person
from tests.factories.archive import Archive, record_body
from tests.factories.events import published
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


async def recorded(wiring: Wiring, archive: Archive) -> list[dict[str, Any]]:
    return await published(wiring.database, archive.tenant_id, AuditRecorded)


async def last(wiring: Wiring, archive: Archive) -> dict[str, Any]:
    return (await recorded(wiring, archive))[-1]


async def test_reading_somebody_elses_file_is_written_down(archive: Archive, wiring: Wiring) -> None:
    wang = await archive.employee("S01", name="王建国", email="wang@company.example")
    await archive.post(f"employees/{wang}/records", record_body(title="Heard"))
    for path in ("", "/records", "/portrait", "/employments"):
        await archive.read(f"employees/{wang}{path}")
        entry = await last(wiring, archive)
        assert (entry["outcome"], entry["actor"], entry["actor_kind"], entry["status"]) == ("read", "hr", "person", 200)
        assert (entry["resource"], entry["subjects"]) == (f"/v1/employees/{wang}{path}", [wang])
        assert entry["route"] == f"/v1/employees/{{employee_id}}{path}"
    everything = json.dumps(await recorded(wiring, archive), ensure_ascii=False)
    assert not [secret for secret in ("王建国", "wang@", "S01", "Heard", "Team feedback") if secret in everything]


async def test_a_list_is_one_entry_about_everybody_shown(archive: Archive, wiring: Wiring) -> None:
    people = [await archive.employee(number) for number in ("S01", "S02", "S03")]
    await archive.read("employees", caller=bearer(make_client(archive.tenant_id, "employees:read")))
    entry = await last(wiring, archive)
    assert (entry["outcome"], entry["actor"], entry["actor_kind"], entry["rows"]) == ("read", "client", "client", 3)
    assert sorted(entry["subjects"]) == sorted(people)


async def test_nobody_is_written_down_for_reading_their_own_or_what_everybody_may(
    archive: Archive, wiring: Wiring
) -> None:
    wang = await archive.employee("S01")
    await archive.department("S")
    before = await recorded(wiring, archive)
    own = bearer(make_person(archive.tenant_id, UUID(wang)))
    for path in ("employees", f"employees/{wang}", f"employees/{wang}/records", "departments", "positions"):
        await archive.read(path, caller=own)
    absent = await archive.send("GET", f"employees/{uuid4()}")
    assert absent.status_code == 404
    assert await recorded(wiring, archive) == before


async def test_an_empty_file_was_read_nevertheless(archive: Archive, wiring: Wiring) -> None:
    wang = await archive.employee("S01")
    await archive.read(f"employees/{wang}/records")
    entry = await last(wiring, archive)
    assert (entry["outcome"], entry["subjects"], entry["rows"]) == ("read", [wang], 0)


async def test_a_change_is_written_down_in_its_own_transaction(archive: Archive, wiring: Wiring) -> None:
    wang = await archive.employee("S01")
    rows = text(
        "SELECT xmin::text AS transaction FROM outbox WHERE key LIKE :key ORDER BY position",
    )
    async with wiring.database.transaction() as tx:
        transactions = (await tx.execute(rows, {"key": f"{archive.tenant_id}/%"})).scalars().all()
    assert len(transactions) == 2, "the event and the entry"
    assert len(set(transactions)) == 1
    entry = await last(wiring, archive)
    assert (entry["outcome"], entry["action"], entry["status"]) == ("done", "employees:write", 201)
    await archive.send("PATCH", f"employees/{wang}", {"name": "Other"})
    entry = await last(wiring, archive)
    assert (entry["method"], entry["subjects"]) == ("PATCH", [wang])


async def test_a_change_that_is_undone_is_not_written_down_as_done(archive: Archive, wiring: Wiring) -> None:
    await archive.employee("S01")
    before = await recorded(wiring, archive)
    taken = await archive.send("POST", "employees", {"work_number": "S01", "name": "X", "joined_on": "2024-01-01"})
    assert taken.status_code == 409
    assert await recorded(wiring, archive) == before


async def test_a_batch_is_one_entry(archive: Archive, wiring: Wiring) -> None:
    people = [await archive.employee(number) for number in ("S01", "S02")]
    before = len(await recorded(wiring, archive))
    items = [record_body(employee_id=person, remote_id=f"R-{number}") for number, person in enumerate(people * 5)]
    await archive.post("records/batch", {"items": items}, expect=200)
    assert len(await recorded(wiring, archive)) == before + 1


async def test_refusals_are_written_down_with_their_code(archive: Archive, wiring: Wiring) -> None:
    wang = await archive.employee("S01")
    person = bearer(make_person(archive.tenant_id, UUID(wang)))
    refused = await archive.send("POST", "employees", {"work_number": "S02"}, caller=person)
    entry = await last(wiring, archive)
    assert (refused.status_code, entry["outcome"], entry["code"]) == (403, "refused", "not_permitted")
    hr = bearer(make_hr(archive.tenant_id, employee_id=UUID(wang)))
    own = await archive.send("POST", f"employees/{wang}/records", record_body(), caller=hr)
    entry = await last(wiring, archive)
    assert (own.status_code, entry["outcome"], entry["code"]) == (403, "refused", "separation_of_duties")


async def test_what_stands_in_a_path_is_no_place_for_names(archive: Archive, wiring: Wiring) -> None:
    caller = bearer(make_client(archive.tenant_id, "records:read"))
    for name in ("王建国", "wang", "wang@company.example"):
        await archive.send("GET", f"employees/{name}", caller=caller)
        entry = await last(wiring, archive)
        assert (entry["outcome"], entry["resource"], entry["subjects"]) == ("refused", "/v1/employees/-", [])


async def test_what_the_gateway_asks_besides_is_nobodys_refusal(archive: Archive, wiring: Wiring) -> None:
    caller = bearer(make_client(archive.tenant_id, "scores:read"))
    for headers, entries in ((caller | {"X-Steelyard-Aside": "true"}, 0), (caller, 1)):
        refused = await archive.send("GET", "employees", caller=headers)
        assert refused.status_code == 403
        assert len(await recorded(wiring, archive)) == entries
