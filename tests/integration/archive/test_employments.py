"""Employments and leaves over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.archive.wiring import Wiring
from tests.factories.archive import Archive, published

pytestmark = pytest.mark.anyio


@pytest.fixture
async def employment(archive: Archive) -> dict[str, Any]:
    """Give the references of an employment."""
    return {"department_id": await archive.department(), "position_id": await archive.position()}


@pytest.fixture
async def employee(archive: Archive, employment: dict[str, Any]) -> str:
    return await archive.employee(employment=employment)


async def periods(archive: Archive, employee: str) -> list[tuple[str, str | None]]:
    rows = (await archive.read(f"employees/{employee}/employments"))["data"]
    return [(row["starts_on"], row["ends_on"]) for row in rows]


async def test_a_transfer_closes_the_open_spell_and_is_announced_whole(
    archive: Archive, wiring: Wiring, employee: str, employment: dict[str, Any]
) -> None:
    there = {**employment, "department_id": await archive.department("T"), "starts_on": "2025-07-01"}
    added = await archive.post(f"employees/{employee}/employments", there)
    assert (added["department_id"], added["fte"], added["ends_on"]) == (there["department_id"], "1", None)
    assert await periods(archive, employee) == [("2024-01-01", "2025-07-01"), ("2025-07-01", None)]
    event = (await published(wiring, archive.tenant_id, "employee.changed.v1"))[-1]
    assert event["sequence"] == "2"
    assert [spell["ends_on"] for spell in event["data"]["employments"]] == ["2025-07-01", None]


async def test_more_than_full_time_is_refused_and_changes_nothing(
    archive: Archive, employee: str, employment: dict[str, Any]
) -> None:
    beside = {**employment, "starts_on": "2025-01-01", "fte": "0.5", "concurrent": True}
    refused = await archive.post(f"employees/{employee}/employments", beside, expect=409)
    assert refused["code"] == "fte_exceeded"
    assert await periods(archive, employee) == [("2024-01-01", None)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"ends_on": "2025-01-01"}, 422), ({"position_id": str(uuid4())}, 404), ({"shift": "night"}, 422)],
)
async def test_a_wrong_spell_names_its_place(
    archive: Archive, employee: str, employment: dict[str, Any], changes: dict[str, Any], status: int
) -> None:
    body = {**employment, "starts_on": "2025-01-01", **changes}
    refused = await archive.post(f"employees/{employee}/employments", body, expect=status)
    assert [error["pointer"] for error in refused["errors"]] == [f"/{next(iter(changes))}"]


async def test_two_transfers_at_once_follow_one_another_or_fail(
    archive: Archive, employee: str, employment: dict[str, Any]
) -> None:
    body = {**employment, "starts_on": "2025-07-01"}
    answers = await asyncio.gather(*(archive.send("POST", f"employees/{employee}/employments", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert await periods(archive, employee) == [("2024-01-01", "2025-07-01"), ("2025-07-01", None)]


async def test_a_leaver_comes_back_with_history(archive: Archive, employee: str, employment: dict[str, Any]) -> None:
    await archive.post(f"employees/{employee}/departure", {"left_on": "2025-01-01"}, expect=200)
    await archive.post(f"employees/{employee}/employments", {**employment, "starts_on": "2026-01-01"})
    assert (await archive.read(f"employees/{employee}"))["left_on"] is None
    assert await periods(archive, employee) == [("2024-01-01", "2025-01-01"), ("2026-01-01", None)]


async def test_a_spell_is_corrected_and_taken_out(archive: Archive, employee: str, employment: dict[str, Any]) -> None:
    second = await archive.post(f"employees/{employee}/employments", {**employment, "starts_on": "2025-07-01"})
    [first, _] = (await archive.read(f"employees/{employee}/employments"))["data"]
    spell = f"employees/{employee}/employments/{first['id']}"
    refused = await archive.send("PATCH", spell, {"ends_on": None})
    assert (refused.status_code, refused.json()["code"]) == (409, "fte_exceeded")
    empty = await archive.send("PATCH", spell, {"ends_on": "2024-01-01"})
    assert [(each["code"], each["pointer"]) for each in empty.json()["errors"]] == [("period_empty", "/ends_on")]
    removed = await archive.send("DELETE", f"employees/{employee}/employments/{second['id']}")
    reopened = await archive.send("PATCH", spell, {"ends_on": None, "fte": "0.8"})
    assert (removed.status_code, reopened.json()["fte"]) == (204, "0.8")
    assert await periods(archive, employee) == [("2024-01-01", None)]
    assert (await archive.send("DELETE", f"employees/{employee}/employments/{second['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("field", "day"), [("starts_on", "0001-01-01"), ("ends_on", "9999-12-31"), ("ends_on", "2200-01-01")]
)
async def test_a_leave_ends_within_centuries_and_the_list_stays_readable(
    archive: Archive, employee: str, field: str, day: str
) -> None:
    body = {"kind": "parental", "starts_on": "2025-01-01", "ends_on": "2025-04-01", field: day}
    refused = await archive.post(f"employees/{employee}/leaves", body, expect=422)
    assert [error["pointer"] for error in refused["errors"]] == [f"/{field}"]
    assert [each["id"] for each in (await archive.read("employees"))["data"]] == [employee]


async def test_leaves_are_announced_and_taken_back(archive: Archive, wiring: Wiring, employee: str) -> None:
    body = {"kind": "parental", "starts_on": "2025-01-01", "ends_on": "2025-04-01"}
    leave = await archive.post(f"employees/{employee}/leaves", body)
    again = await archive.post(f"employees/{employee}/leaves", {**body, "starts_on": "2025-03-01"}, expect=409)
    early = await archive.post(f"employees/{employee}/leaves", {**body, "starts_on": "2023-01-01"}, expect=409)
    assert (again["code"], early["code"]) == ("leaves_overlap", "leaves_overlap")
    assert (await archive.read(f"employees/{employee}"))["leaves"] == [leave]
    assert (await archive.send("DELETE", f"employees/{employee}/leaves/{leave['id']}")).status_code == 204
    told = await published(wiring, archive.tenant_id, "employee.changed.v1")
    assert [[away["starts_on"] for away in event["data"]["leaves"]] for event in told] == [[], ["2025-01-01"], []]
