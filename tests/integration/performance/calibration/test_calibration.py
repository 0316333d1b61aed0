"""Calibration over HTTP: drafted, applied, undone and refused."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.calibration import Json, Table, try_to_publish
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.sellers import Sellers, freeze
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def test_a_session_shows_grades_before_and_after(table: Table) -> None:
    await table.hold_to(3334)
    session = await table.open(participants=[str(table.sellers.people[0])])
    answer = await table.adjust(session, 2, grade="good", from_grade="fair")
    sheet = answer.json()
    assert (answer.headers["etag"], sheet["sequence"]) == ('"2"', 2)
    (adjustment,) = sheet["adjustments"]
    assert adjustment["computed"] == adjustment["before"] == {"total": "75.20", "grade": "fair"}
    assert [adjustment[name] for name in ("to_total", "to_grade", "state", "stale")] == [None, "good", "drafted", False]
    good = [sheet[when][0]["grades"][1] for when in ("before", "after")]
    assert [(each["people"], each["required"], each["over"]) for each in good] == [(1, 1, 0), (2, 1, 1)]
    assert [sheet[when][0]["satisfied"] for when in ("before", "after")] == [True, False]
    assert await table.people() == {"excellent": 0, "good": 1, "fair": 2, "poor": 0}
    assert (await table.act(session, "application")).json()["state"] == "applied"
    assert await table.people() == {"excellent": 0, "good": 2, "fair": 1, "poor": 0}


async def test_undoing_one_lets_the_former_hold_and_keeps_the_history(table: Table) -> None:
    await table.hold_to(10_000)
    first = await table.applied(2, grade="good")
    second = await table.applied(2, grade="excellent")
    assert second["adjustments"][0]["before"]["grade"] == "good"
    assert (await table.people())["excellent"] == 1
    undone = await table.act(second, "adjustments", second["adjustments"][0]["id"], "withdrawal")
    assert [each["state"] for each in undone.json()["adjustments"]] == ["withdrawn"]
    assert (await table.people())["good"] == 2
    again = await table.act(second, "adjustments", second["adjustments"][0]["id"], "withdrawal")
    assert (again.status_code, again.json()["code"]) == (409, "calibration_withdrawn")
    gone = (await table.act(first, "withdrawal")).json()
    assert (gone["state"], [each["withdrawn_by"] for each in gone["adjustments"]]) == ("withdrawn", ["hr"])
    assert (await table.people())["good"] == 1
    assert (await table.act(first, "withdrawal")).json()["code"] == "calibration_withdrawn"


async def test_of_two_who_decide_at_once_one_is_refused(table: Table) -> None:
    session = await table.open()
    answers = await asyncio.gather(
        *(table.adjust(session, at, grade="excellent", headers={"If_Match": '"1"'}) for at in (0, 1))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    same = await asyncio.gather(*(table.adjust(session, 2, grade=grade) for grade in ("good", "excellent")))
    assert sorted(answer.status_code for answer in same) == [201, 409]
    elsewhere = await table.adjust(await table.open(), 2, grade="poor")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "calibration_pending")


async def test_who_saw_another_grade_decides_again(table: Table) -> None:
    await table.applied(2, grade="good")
    late = await table.adjust(await table.open(), 2, grade="poor", from_grade="fair")
    assert (late.status_code, late.json()["code"]) == (409, "calibration_outdated")


async def test_nobody_calibrates_their_own_score(table: Table) -> None:
    session = await table.open()
    own = make_hr(table.sellers.tenant_id, employee_id=table.sellers.people[2])
    body = {"scorecard_id": str(table.cards[2]), "grade": "excellent", "reason": "I earned it."}
    path = f"/v1/calibration-sessions/{session['id']}/adjustments"
    refusals = [await table.ask("POST", path, body, by=own)]
    adjustment = (await table.adjust(session, 2, grade="good")).json()["adjustments"][0]
    refusals += [
        await table.act(session, *act, by=own)
        for act in (
            ("application",),
            ("withdrawal",),
            ("adjustments", adjustment["id"], "withdrawal"),
            ("adjustments", adjustment["id"], "review"),
        )
    ]
    assert [(each.status_code, each.json()["code"]) for each in refusals] == [(403, "separation_of_duties")] * 5


async def test_a_session_is_for_hr_of_all_its_people(table: Table, installation: Installation) -> None:
    company, sales = await table.open(), await table.open(department_id=str(table.sellers.department_id))
    tenant = table.sellers.tenant_id
    confined = make_hr(tenant, hr_departments=(table.sellers.department_id,))
    other = make_tenant()
    await announce_tenant(installation, other)
    hidden = [
        await table.ask("GET", f"/v1/calibration-sessions/{company['id']}", by=confined),
        await table.ask(
            "GET", f"/v1/calibration-sessions/{sales['id']}", by=make_hr(tenant, hr_departments=(uuid4(),))
        ),
        await table.ask("GET", f"/v1/calibration-sessions/{company['id']}", by=make_admin(other.tenant_id)),
    ]
    assert [each.status_code for each in hidden] == [404] * 3
    listed = await table.send("GET", f"/v1/cycles/{table.sellers.cycle_id}/calibration-sessions", by=confined)
    assert [each["id"] for each in listed["data"]] == [sales["id"]]
    path = f"/v1/cycles/{table.sellers.cycle_id}/calibration-sessions"
    assert (await table.ask("POST", path, {"name": "All"}, by=confined)).status_code == 403
    strangers = (
        make_person(tenant, table.sellers.head_id),
        make_person(tenant, table.sellers.people[0]),
        make_client(tenant, "scores:read"),
    )
    answers = [await table.ask("GET", f"/v1/calibration-sessions/{company['id']}", by=who) for who in strangers]
    assert [each.status_code for each in answers] == [403] * 3


@pytest.mark.parametrize(
    ("decision", "status", "code"),
    [
        ({"grade": "superb"}, 422, "grade_unknown"),
        ({"grade": "good", "total": "80"}, 422, "calibration_ambiguous"),
        ({}, 422, "calibration_ambiguous"),
        ({"total": "80.001"}, 422, "total_too_precise"),
        ({"total": "-1"}, 422, "total_out_of_range"),
        ({"grade": "fair"}, 409, "nothing_to_calibrate"),
        ({"total": "75.2"}, 409, "nothing_to_calibrate"),
        ({"grade": "good", "reason": " "}, 422, "request_invalid"),
        ({"grade": "good", "scorecard_id": str(uuid4())}, 404, "not_found"),
    ],
)
async def test_what_cannot_be_decided_is_refused(table: Table, decision: Json, status: int, code: str) -> None:
    refused = await table.adjust(await table.open(), 2, **decision)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_only_a_frozen_cycle_is_calibrated(client: httpx.AsyncClient, sellers: Sellers) -> None:
    path = f"/v1/cycles/{sellers.cycle_id}/calibration-sessions"
    early = await client.post(path, json={"name": "Early"}, headers=bearer(make_hr(sellers.tenant_id)))
    assert (early.status_code, early.json()["code"]) == (409, "cycle_not_calibratable")


async def test_the_ungraded_are_not_calibrated(client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers) -> None:
    await freeze(wiring, sellers)
    table = Table(client, sellers)
    refused = await table.adjust(await table.open(), 0, grade="good")
    assert (refused.status_code, refused.json()["code"]) == (409, "score_ungraded")


async def test_participants_are_people_who_work_here(table: Table) -> None:
    path = f"/v1/cycles/{table.sellers.cycle_id}/calibration-sessions"
    refused = await table.ask("POST", path, {"name": "Round table", "participants": [str(uuid4())]})
    assert (refused.status_code, refused.json()["code"]) == (422, "participant_unknown")


async def test_a_grade_alone_leaves_whatever_total_is_in_force(table: Table) -> None:
    await table.applied(0, total="86.50")
    grade = await table.open()
    decided = (await table.adjust(grade, 0, grade="fair")).json()["adjustments"][0]
    assert (decided["before"]["total"], decided["to_total"]) == ("86.50", None)
    await table.act(grade, "application")
    assert (await try_to_publish(table)).status_code == 200
    shown = await table.card(0)
    assert (shown["total"], shown["grade"], shown["calibration"]["session_id"]) == ("86.50", "fair", grade["id"])


async def test_a_grade_alone_brings_back_no_total_that_was_withdrawn(table: Table) -> None:
    total, grade = await table.applied(0, total="86.50"), await table.open()
    await table.adjust(grade, 0, grade="excellent")
    await table.act(total, "withdrawal")
    await table.act(grade, "application")
    assert (await try_to_publish(table)).status_code == 200
    shown = await table.card(0)
    assert (shown["total"], shown["grade"]) == ("63.40", "excellent")


async def test_a_total_that_is_set_to_the_computed_one_holds_over_another(table: Table) -> None:
    await table.applied(0, total="86.50")
    await table.applied(0, total="63.40")
    assert (await try_to_publish(table)).status_code == 200
    shown = await table.card(0)
    assert (shown["total"], shown["grade"], shown["computed"]["total"]) == ("63.40", "fair", "63.40")
