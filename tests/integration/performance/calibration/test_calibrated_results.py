"""What is calibrated as it is published, explained, reported, recomputed and revised."""

from datetime import date

import pytest
from sqlalchemy import update

from services.performance.store.tables.scoring import scorecards
from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged, Headship
from shared.contracts.procedure import ReportReady
from shared.contracts.scores import ScorePublished, ScoreRevised
from tests.factories.access import make_hr, make_person
from tests.factories.calibration import REASON, Table, move_target, try_to_publish
from tests.factories.events import published
from tests.factories.performance import make_observation
from tests.factories.sellers import LONG_AGO, Sellers, freeze, publish
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio


async def test_what_is_published_is_calibrated_with_the_computed_result_beside_it(table: Table, wiring: Wiring) -> None:
    session = await table.applied(2, grade="good")
    unseen = await table.card(2)
    assert (unseen["grade"], unseen["calibration"]) == ("fair", None)
    assert (await try_to_publish(table)).status_code == 200
    shown = await table.card(2)
    assert (shown["total"], shown["grade"], shown["computed"]) == (
        "75.20",
        "good",
        {"total": "75.20", "grade": "fair"},
    )
    assert (shown["calibration"]["session_id"], shown["calibration"]["reason"]) == (session["id"], REASON)
    other = await table.card(1)
    assert (other["grade"], other["computed"], other["calibration"]) == ("good", None, None)
    results = (await table.card(2, "/results"))["data"]
    assert [(each["status"], each["grade"]) for each in results[-2:]] == [("frozen", "fair"), ("published", "good")]
    frozen_at = results[-2]["recorded_at"].replace("+00:00", "Z")
    assert (await table.card(2, f"?as_of={frozen_at}"))["grade"] == "fair"
    tenant = table.sellers.tenant_id
    told = {each["scorecard_id"]: each for each in await published(wiring.database, tenant, ScorePublished)}
    assert told[str(table.cards[2])]["grade"] == "good"
    assert told[str(table.cards[2])]["computed"] == {"total": "75.20", "grade": "fair"}
    assert told[str(table.cards[1])]["computed"] is None
    reports = {each["scorecard_id"]: each["grade"] for each in await published(wiring.database, tenant, ReportReady)}
    assert reports[str(table.cards[2])] == "good"


async def test_explanation_and_report_say_who_decided_what_and_why(table: Table) -> None:
    await table.applied(2, total="81.00")
    await try_to_publish(table)
    explained = await table.card(2, "/explanation")
    assert (explained["score"]["total"], explained["score"]["grade"]) == ("75.20", "fair")
    calibration = explained["calibration"]
    assert (calibration["before"]["grade"], calibration["after"]) == ("fair", {"total": "81.00", "grade": "good"})
    zh = f"经人力资源校准，总分由 75.20 调整为 81.00，等级由合格调整为良好。理由：{REASON}"
    en = f"Calibrated by HR: total 75.20 → 81.00, grade Fair → Good. Reason: {REASON}"
    assert calibration["sentence"] == {"zh": zh, "en": en}
    listed = await table.send("GET", f"/v1/reports?employee_id={table.sellers.people[2]}")
    (report,) = listed["data"]
    assert (report["total"], report["grade"], report["computed"]["total"]) == ("81.00", "good", "75.20")
    assert report["summary"]["zh"].endswith(zh)
    assert report["summary"]["en"].endswith(en)
    plain = await table.send("GET", f"/v1/reports?employee_id={table.sellers.people[1]}")
    assert (plain["data"][0]["computed"], (await table.card(1, "/explanation"))["calibration"]) == (None, None)


async def test_publication_waits_for_drafts(table: Table) -> None:
    session = await table.open()
    await table.adjust(session, 2, grade="good")
    refused = await try_to_publish(table)
    assert (refused.status_code, refused.json()["code"]) == (409, "calibrations_open")
    await table.act(session, "application")
    assert (await try_to_publish(table)).status_code == 200
    closed = await table.act(session, "withdrawal")
    assert (closed.status_code, closed.json()["code"]) == (409, "cycle_not_calibratable")


async def test_stale_calibrations_wait_for_review(table: Table, wiring: Wiring) -> None:
    session = await table.applied(2, grade="good")
    await move_target(wiring, table.sellers, table.sellers.people[2], "500000")
    refused = await try_to_publish(table)
    assert (refused.status_code, refused.json()["code"]) == (409, "calibrations_stale")
    (adjustment,) = session["adjustments"]
    assert adjustment["id"] in refused.json()["detail"]
    assert (await table.card(2))["status"] == "frozen"
    reviewed = (await table.act(session, "adjustments", adjustment["id"], "review")).json()["adjustments"]
    assert [(each["reviewed_by"], each["stale"]) for each in reviewed] == [("hr", False)]
    assert (await try_to_publish(table)).status_code == 200
    shown = await table.card(2)
    assert (shown["grade"], shown["computed"]["total"]) == ("good", shown["total"])
    assert shown["total"] != "75.20"


async def test_a_recomputed_card_is_flagged(table: Table, wiring: Wiring) -> None:
    """Let the cycle run on and freeze again: the calibration stays, and says that it is about something else."""
    session = await table.applied(2, grade="good")
    await move_target(wiring, table.sellers, table.sellers.people[2], "500000")
    await refreeze(wiring, table.sellers)
    sheet = await table.send("GET", f"/v1/calibration-sessions/{session['id']}")
    assert [each["stale"] for each in sheet["adjustments"]] == [True]
    await table.act(session, "adjustments", session["adjustments"][0]["id"], "review")
    sheet = await table.send("GET", f"/v1/calibration-sessions/{session['id']}")
    assert [each["stale"] for each in sheet["adjustments"]] == [False]


async def refreeze(wiring: Wiring, sellers: Sellers) -> None:
    """Let the scores of a frozen cycle run on, and freeze them again."""
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(scorecards).values(status="provisional"))
        await uow.commit()
    await freeze(wiring, sellers)


async def test_a_revision_keeps_what_was_calibrated(table: Table, wiring: Wiring, observe: Observe) -> None:
    session = await table.applied(2, grade="excellent")
    assert (await try_to_publish(table)).status_code == 200
    late = {"measure": "order.amount", "value": "300000", "credit_date": "2026-05-05"}
    await observe(make_observation(subject_id=table.sellers.people[2], **late))
    (revision,) = (await table.send("GET", f"/v1/revisions?scorecard_id={table.cards[2]}"))["data"]
    await table.send("POST", f"/v1/revisions/{revision['id']}/approval", {"reason": "booked late"})
    shown = await table.card(2)
    computed = revision["proposed"]
    assert (shown["status"], shown["grade"], shown["computed"]) == ("revised", "excellent", computed)
    (told,) = await published(wiring.database, table.sellers.tenant_id, ScoreRevised)
    numbers = [told[name] for name in ("total", "grade", "previous_total", "previous_grade", "computed")]
    assert numbers == [computed["total"], "excellent", "75.20", "excellent", computed]
    (report,) = (await table.send("GET", f"/v1/reports?employee_id={table.sellers.people[2]}"))["data"]
    assert (report["grade"], report["computed"]) == ("excellent", computed)
    path = f"/v1/calibration-sessions/{session['id']}"
    assert (await table.send("GET", path))["adjustments"][0]["stale"]
    await table.act(session, "adjustments", session["adjustments"][0]["id"], "review")
    assert not (await table.send("GET", path))["adjustments"][0]["stale"]


async def test_without_a_calibration_nothing_is_published_otherwise(table: Table, wiring: Wiring) -> None:
    await publish(wiring, table.sellers)
    shown = [await table.card(at) for at in range(3)]
    assert [(each["total"], each["computed"]) for each in shown] == [("63.40", None), ("81.90", None), ("75.20", None)]


async def test_what_a_revision_blocks_has_no_grade_that_was_calibrated(
    table: Table, wiring: Wiring, observe: Observe
) -> None:
    session = await table.applied(0, grade="good")
    await publish(wiring, table.sellers)
    beyond = make_observation(subject_id=table.sellers.people[0], measure="feedback.teamwork", value="999")
    await observe(beyond.model_copy(update={"credit_date": date(2026, 6, 20)}))
    (revision,) = (await table.send("GET", "/v1/revisions?state=proposed"))["data"]
    await table.send("POST", f"/v1/revisions/{revision['id']}/approval", {"reason": "as it came"})
    shown = await table.card(0)
    assert (shown["state"], shown["total"], shown["grade"]) == ("blocked", None, None)
    assert (shown["computed"], shown["calibration"]) == (None, None)
    assert (await table.card(0, "/results"))["data"][-1]["grade"] is None
    assert (await table.card(0, "/explanation"))["calibration"] is None
    (told,) = await published(wiring.database, table.sellers.tenant_id, ScoreRevised)
    numbers = [told[name] for name in ("previous_grade", "total", "grade", "computed")]
    assert numbers == ["good", None, None, None]
    (report,) = (await table.send("GET", f"/v1/reports?employee_id={table.sellers.people[0]}"))["data"]
    assert (report["grade"], report["computed"]) == (None, None)
    sheet = await table.send("GET", f"/v1/calibration-sessions/{session['id']}")
    assert [each["stale"] for each in sheet["adjustments"]] == [True]
    assert [sum(each["people"] for each in sheet[when][0]["grades"]) for when in ("before", "after")] == [2, 2]


async def test_nobody_learns_their_own_calibrated_grade_before_the_others(table: Table, wiring: Wiring) -> None:
    """Let the second seller head the department, and the third be of HR."""
    sellers = table.sellers
    quota = {"grade": "good", "kind": "max", "share": 4000}
    group = {"name": "S", "kind": "department", "department_id": str(sellers.department_id), "quotas": [quota]}
    await table.send("PUT", f"/v1/cycles/{sellers.cycle_id}/distribution-policy", {"populations": [group]})
    async with wiring.works.begin(sellers.tenant_id) as uow:
        head = Headship(employee_id=sellers.people[1], kind="head", starts_on=LONG_AGO.date())
        await uow.org.keep_department(
            DepartmentChanged(department_id=sellers.department_id, sequence=2, code="S", name="Sales", heads=(head,))
        )
        await uow.commit()
    boss = make_person(sellers.tenant_id, sellers.people[1])
    own_hr = make_hr(sellers.tenant_id, subject="of HR", employee_id=sellers.people[2])
    for at in (0, 1, 2):
        session = await table.applied(at, grade="excellent")
    assert await table.people(by=table.hr) == {"excellent": 3, "good": 0, "fair": 0, "poor": 0}
    assert await table.people(by=boss) == {"excellent": 2, "good": 1, "fair": 0, "poor": 0}
    assert await table.people(by=own_hr) == {"excellent": 2, "good": 0, "fair": 1, "poor": 0}
    path = f"/v1/calibration-sessions/{session['id']}"
    sheet = await table.send("GET", path, by=own_hr)
    assert (sheet["adjustments"], sheet["before"]) == ([], sheet["after"])
    assert (await try_to_publish(table)).status_code == 200
    assert (await table.people(by=boss))["excellent"] == (await table.people(by=own_hr))["excellent"] == 3
    assert len((await table.send("GET", path, by=own_hr))["adjustments"]) == 1
