"""Cycles: planned, opened, frozen, published, in this order and no other."""

from typing import Any

import pytest

from shared.contracts.procedure import CycleChanged, ReportReady
from shared.contracts.scores import ScorePublished
from tests.factories.access import make_hr
from tests.factories.installation import Installation, announce_tenant
from tests.factories.procedure_company import PERIOD, Company
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio
HALF_YEAR = {"name": "2026 H1", **PERIOD, "plan_due_on": "2026-01-20"}


async def test_a_cycle_goes_through_its_phases(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    path = f"/v1/cycles/{cycle['id']}"
    assert (cycle["phase"], cycle["sequence"]) == ("running", 2)
    again = await company.ask("POST", f"{path}/opening", by=company.hr)
    early = await company.ask("POST", f"{path}/publication", by=company.hr)
    assert [(answer.status_code, answer.json()["code"]) for answer in (again, early)] == [(409, "cycle_phase")] * 2
    await company.move_clock("2026-07-02")
    assert (await company.send("POST", f"{path}/freeze", by=company.hr, If_Match='"2"'))["phase"] == "frozen"
    stale = await company.ask("POST", f"{path}/publication", by=company.hr, If_Match='"2"')
    assert stale.status_code == 412
    assert (await company.send("POST", f"{path}/publication", by=company.hr))["phase"] == "published"
    assert [event["phase"] for event in await company.published(CycleChanged)] == [
        "planning",
        "running",
        "frozen",
        "published",
    ]
    assert len(await company.published(ScorePublished)) == len(await company.published(ReportReady)) == 7
    plan = await company.plan(cycle, "SALES")
    closed = await company.ask("POST", f"/v1/plans/{plan['id']}/submission", by=company.person("sales_head"))
    assert (closed.status_code, closed.json()["code"]) == (409, "cycle_not_plannable")


async def test_a_closed_cycle_moves_no_more(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.send("POST", f"/v1/cycles/{cycle['id']}/freeze", by=company.hr)
    await company.tell(company.business_target("3100000", sequence=2))
    assert set((await company.values(cycle)).values()) == {"1000000.00"}


async def test_cycles_do_not_overlap(company: Company) -> None:
    await company.send("POST", "/v1/cycles", HALF_YEAR, by=company.hr)
    other = {"name": "Q2", "starts_on": "2026-04-01", "ends_on": "2026-07-01", "plan_due_on": "2026-04-20"}
    refused = await company.ask("POST", "/v1/cycles", other, by=company.hr)
    following = {"name": "H2", "starts_on": "2026-07-01", "ends_on": "2027-01-01", "plan_due_on": "2026-07-20"}
    assert (refused.status_code, refused.json()["code"]) == (409, "cycle_overlaps")
    assert (await company.ask("POST", "/v1/cycles", following, by=company.hr)).status_code == 201


async def test_a_cycle_is_planned_otherwise_until_it_is_opened(company: Company) -> None:
    """A due date of another year would make every plan late; nor does a cycle overlap with itself."""
    cycle = await company.send("POST", "/v1/cycles", {**HALF_YEAR, "plan_due_on": "2025-01-20"}, by=company.hr)
    path = f"/v1/cycles/{cycle['id']}"
    changed = await company.send("PUT", path, HALF_YEAR, by=company.hr, If_Match='"1"')
    assert (changed["id"], changed["plan_due_on"], changed["sequence"]) == (cycle["id"], "2026-01-20", 2)
    assert (await company.send("GET", path, by=company.hr))["plan_due_on"] == "2026-01-20"
    events = await company.published(CycleChanged)
    assert [event["plan_due_on"] for event in events] == ["2025-01-20", "2026-01-20"]
    stale = await company.ask("PUT", path, HALF_YEAR, by=company.hr, If_Match='"1"')
    assert stale.status_code == 412
    later = {**HALF_YEAR, "name": "2026 H2", "starts_on": "2026-07-01", "ends_on": "2027-01-01"}
    await company.send("POST", "/v1/cycles", {**later, "plan_due_on": "2026-07-20"}, by=company.hr)
    refused = await company.ask("PUT", path, {**HALF_YEAR, "ends_on": "2026-08-01"}, by=company.hr)
    assert (refused.status_code, refused.json()["code"]) == (409, "cycle_overlaps")


@pytest.mark.parametrize("policy", ["defaulted", "blocked"])
async def test_an_opened_cycle_stays_as_it_is(company: Company, policy: str) -> None:
    """One that waits for every plan has pinned its schemes already."""
    await company.publish_scheme()
    body = {**HALF_YEAR, "late_policy": policy}
    cycle = await company.send("POST", "/v1/cycles", body, by=company.hr)
    await company.ask("POST", f"/v1/cycles/{cycle['id']}/opening", by=company.hr)
    refused = await company.ask("PUT", f"/v1/cycles/{cycle['id']}", body, by=company.hr)
    assert (refused.status_code, refused.json()["code"]) == (409, "cycle_opened")


async def test_without_a_scheme_nothing_opens(company: Company) -> None:
    cycle = await company.send("POST", "/v1/cycles", HALF_YEAR, by=company.hr)
    refused = await company.ask("POST", f"/v1/cycles/{cycle['id']}/opening", by=company.hr)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_scheme_published")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_on": "2026-01-01"}, "period_empty"),
        ({"plan_due_on": "2026-07-01"}, "plan_due_late"),
        ({"confirmation_threshold": "-0.1"}, "threshold_negative"),
        ({"growth": "7"}, "growth_absurd"),
        ({"growth": 0.2}, "request_invalid"),
        ({"late_policy": "ignored"}, "request_invalid"),
        ({"colour": "red"}, "request_invalid"),
    ],
)
async def test_a_wrong_cycle_is_refused(company: Company, change: dict[str, Any], code: str) -> None:
    refused = await company.ask("POST", "/v1/cycles", {**HALF_YEAR, **change}, by=company.hr)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/{field}" for field in change]
    assert (await company.send("GET", "/v1/cycles", by=company.hr))["data"] == []


async def test_another_tenant_finds_nothing(company: Company, installation: Installation) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    plan, target = await company.plan(cycle, "SALES"), (await company.targets(cycle))[0]
    other = make_tenant()
    await announce_tenant(installation, other)
    stranger = make_hr(other.tenant_id, employee_id=company.people["gm"])
    override = {"value": "1", "reason": "mine"}
    answers = [
        await company.ask("GET", f"/v1/cycles/{cycle['id']}", by=stranger),
        await company.ask("GET", f"/v1/cycles/{cycle['id']}/targets", by=stranger),
        await company.ask("GET", f"/v1/cycles/{cycle['id']}/progress", by=stranger),
        await company.ask("POST", f"/v1/cycles/{cycle['id']}/freeze", by=stranger),
        await company.ask("GET", f"/v1/plans/{plan['id']}", by=stranger),
        await company.ask("POST", f"/v1/plans/{plan['id']}/approval", by=stranger),
        await company.ask("PUT", f"/v1/targets/{target['id']}/override", override, by=stranger),
    ]
    assert {answer.status_code for answer in answers} == {404}
