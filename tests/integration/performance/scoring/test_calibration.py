"""Calibration over HTTP: drafted, applied, undone, confirmed, and shown beside what was computed."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from services.performance.store.tables.procedure import targets
from services.performance.store.tables.scoring import scorecards
from services.performance.wiring import Wiring
from shared.contracts.procedure import ReportReady
from shared.contracts.scores import ScorePublished, ScoreRevised
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.events import published
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.performance import make_observation
from tests.factories.sellers import Sellers, freeze, publish, three_facts
from tests.factories.tenancy import make_tenant
from tests.integration.performance.scoring.conftest import Observe

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
REASON = "Carried the team through the merger."


class Table:
    """A frozen half-year of three sellers (63.40 fair, 81.90 good, 75.20 fair), and HR at the table."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client, self.sellers = client, sellers
        self.hr = make_hr(sellers.tenant_id)
        self.cards = [sellers.card_of(person) for person in sellers.people]

    async def ask(
        self, method: str, path: str, body: Json | None = None, *, by: Principal | None = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, json=body, headers=bearer(by or self.hr) | named)

    async def send(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        answer = await self.ask(method, path, body, **more)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    async def open(self, **body: Any) -> Json:
        path = f"/v1/cycles/{self.sellers.cycle_id}/calibration-sessions"
        return await self.send("POST", path, {"name": "Round table", **body})

    async def adjust(self, session: Json, at: int, **decision: Any) -> httpx.Response:
        headers = decision.pop("headers", {})
        body = {"scorecard_id": str(self.cards[at]), "reason": REASON, **decision}
        return await self.ask("POST", f"/v1/calibration-sessions/{session['id']}/adjustments", body, **headers)

    async def act(self, session: Json, *path: str, **more: Any) -> httpx.Response:
        return await self.ask("POST", "/".join(("/v1/calibration-sessions", session["id"], *path)), **more)

    async def applied(self, at: int, **decision: Any) -> Json:
        """Let one adjustment be in force."""
        session = await self.open()
        assert (await self.adjust(session, at, **decision)).status_code == 201
        answer = await self.act(session, "application")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def card(self, at: int, part: str = "") -> Json:
        return await self.send("GET", f"/v1/scorecards/{self.cards[at]}{part}")

    async def people(self) -> dict[str, int]:
        """Count people by the grade in force."""
        shown = await self.send("GET", f"/v1/cycles/{self.sellers.cycle_id}/distribution")
        return {each["grade"]: each["people"] for each in shown["populations"][0]["grades"]}

    async def hold_to(self, share: int) -> None:
        quota = {"grade": "good", "kind": "max", "share": share}
        policy = {"populations": [{"name": "Everybody", "kind": "company", "quotas": [quota]}]}
        await self.send("PUT", f"/v1/cycles/{self.sellers.cycle_id}/distribution-policy", policy)


@pytest.fixture
async def table(client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe) -> Table:
    await observe(*three_facts(sellers))
    await freeze(wiring, sellers)
    return Table(client, sellers)


async def try_to_publish(table: Table) -> httpx.Response:
    return await table.ask("POST", f"/v1/cycles/{table.sellers.cycle_id}/publication")


async def move_target(wiring: Wiring, sellers: Sellers, person: UUID, value: str) -> None:
    """Give somebody another target behind the back of everybody, so that publication computes another result."""
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(targets).where(targets.c.subject_id == person).values(value=Decimal(value)))
        await uow.commit()


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


async def test_without_a_calibration_nothing_is_published_otherwise(table: Table, wiring: Wiring) -> None:
    await publish(wiring, table.sellers)
    shown = [await table.card(at) for at in range(3)]
    assert [(each["total"], each["computed"]) for each in shown] == [("63.40", None), ("81.90", None), ("75.20", None)]
