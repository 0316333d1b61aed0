"""Plans: heads adjust and submit, HR approves or returns, nobody decides about their own, late ones stop nobody."""

from typing import Any

import pytest

from services.performance.usecases.goals.default_late_plans import default_late_plans
from services.performance.usecases.goals.remind_of_plans import remind_of_plans
from shared.contracts.procedure import CycleChanged, PlanChanged, TaskDue
from tests.factories.procedure_company import Company, Json

pytestmark = pytest.mark.anyio


async def open_with_scheme(company: Company, **overrides: Any) -> tuple[Json, Json]:
    scheme = await company.publish_scheme()
    return scheme, await company.open_cycle(**overrides)


def weights_of(scheme: Json, sales: int, conversion: int) -> Json:
    return {"scheme_id": scheme["id"], "weights": {"sales": sales, "conversion_rate": conversion}}


async def test_every_department_with_a_head_gets_a_draft(company: Company) -> None:
    _, cycle = await open_with_scheme(company)
    listed = await company.send("GET", f"/v1/cycles/{cycle['id']}/plans", by=company.hr)
    assert {row["department_name"]: row["state"] for row in listed["data"]} == {
        "Department GM": "draft",
        "Department SALES": "draft",
        "Department HR": "draft",
    }
    own = await company.send("GET", f"/v1/cycles/{cycle['id']}/plans", by=company.person("sales_head"))
    assert [row["department_id"] for row in own["data"]] == [str(company.departments["SALES"])]


async def test_a_plan_goes_from_draft_over_return_to_approval(company: Company) -> None:
    scheme, cycle = await open_with_scheme(company)
    plan, head = await company.plan(cycle, "SALES"), company.person("sales_head")
    path = f"/v1/plans/{plan['id']}"
    await company.send("PUT", f"{path}/weights", weights_of(scheme, 9000, 1000), by=head, If_Match='"1"')
    assert (await company.send("POST", f"{path}/submission", by=head))["state"] == "submitted"
    locked = await company.ask("PUT", f"{path}/weights", weights_of(scheme, 8000, 2000), by=head)
    assert (locked.status_code, locked.json()["code"]) == (409, "plan_not_editable")
    returned = await company.send("POST", f"{path}/return", {"comment": "at most 80 %"}, by=company.hr)
    assert (returned["state"], returned["comment"]) == ("returned", "at most 80 %")
    await company.send("PUT", f"{path}/weights", weights_of(scheme, 8000, 2000), by=head)
    await company.send("POST", f"{path}/submission", by=head)
    approved = await company.send("POST", f"{path}/approval", by=company.hr)
    assert (approved["state"], approved["weights"]) == (
        "approved",
        {scheme["id"]: {"sales": 8000, "conversion_rate": 2000}},
    )
    cards = await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}", by=head)
    assert {tuple(item["weight"] for item in card["items"]) for card in cards["data"] if card["items"]} == {
        (8000, 2000)
    }
    states = [event["state"] for event in await company.published(PlanChanged) if event["plan_id"] == plan["id"]]
    assert states == ["draft", "draft", "submitted", "returned", "returned", "submitted", "approved"]


async def test_a_plan_shows_weights_targets_and_history(company: Company) -> None:
    await company.tell(*(company.past("s1", year, "300000") for year in (2023, 2024, 2025)))
    await company.tell(company.business_target("3000000"))
    scheme, cycle = await open_with_scheme(company)
    plan = await company.plan(cycle, "SALES")
    sheet = await company.send("GET", f"/v1/plans/{plan['id']}", by=company.person("sales_head"))
    [used] = sheet["schemes"]
    assert (used["scheme_id"], used["people"]) == (scheme["id"], 3)
    assert [(item["key"], item["weight"], item["default_target"]) for item in used["items"]] == [
        ("sales", 7000, None),
        ("conversion_rate", 3000, "0.2"),
    ]
    mine = next(target for target in sheet["targets"] if target["subject_id"] == str(company.people["s1"]))
    assert (len(mine["history"]), mine["mark"], mine["value"]) == (3, True, "1000000.00")
    hidden = await company.ask("GET", f"/v1/plans/{plan['id']}", by=company.person("hr_staff"))
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("weights", "code", "pointer"),
    [
        ({"sales": 8000, "conversion_rate": 1000}, "weights_not_whole", "/weights"),
        ({"sales": 10_000}, "field_missing", "/weights/conversion_rate"),
        ({"sales": 9000, "conversion_rate": 1000, "charm": 1}, "field_unknown", "/weights/charm"),
        ({"sales": 10_001, "conversion_rate": -1}, "document_invalid", "/weights/sales"),
    ],
)
async def test_weights_that_are_not_whole_name_the_place(
    company: Company, weights: dict[str, int], code: str, pointer: str
) -> None:
    scheme, cycle = await open_with_scheme(company)
    plan = await company.plan(cycle, "SALES")
    body = {"scheme_id": scheme["id"], "weights": weights}
    refused = await company.ask("PUT", f"/v1/plans/{plan['id']}/weights", body, by=company.person("sales_head"))
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["errors"][0]["pointer"]) == (422, code, pointer)
    assert (await company.plan(cycle, "SALES"))["weights"] == {}


async def test_a_scheme_that_scores_nobody_here_has_no_weights_here(company: Company) -> None:
    scheme, cycle = await open_with_scheme(company)
    plan = await company.plan(cycle, "HR")
    body = weights_of(scheme, 5000, 5000)
    refused = await company.ask("PUT", f"/v1/plans/{plan['id']}/weights", body, by=company.person("hr_head"))
    assert (refused.status_code, refused.json()["code"]) == (422, "scheme_not_used")


@pytest.mark.parametrize(
    ("who", "refusal"), [("hr_head", (404, "not_found")), ("gm", (403, "plan_not_head")), ("s1", (404, "not_found"))]
)
async def test_the_wrong_head_submits_nothing(company: Company, who: str, refusal: tuple[int, str]) -> None:
    _, cycle = await open_with_scheme(company)
    plan = await company.plan(cycle, "SALES")
    refused = await company.ask("POST", f"/v1/plans/{plan['id']}/submission", by=company.person(who))
    assert (refused.status_code, refused.json()["code"]) == refusal
    assert (await company.plan(cycle, "SALES"))["state"] == "draft"


async def test_nobody_decides_about_a_plan_of_their_own(company: Company) -> None:
    _, cycle = await open_with_scheme(company)
    path = f"/v1/plans/{(await company.plan(cycle, 'HR'))['id']}"
    await company.send("POST", f"{path}/submission", by=company.hr)
    member = company.person("hr_staff", roles=frozenset({"hr"}))
    for subject in (company.hr, member):
        refused = await company.ask("POST", f"{path}/approval", by=subject)
        assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties")
    outsider = await company.ask("POST", f"{path}/approval", by=company.person("sales_head"))
    assert outsider.status_code == 404
    approved = await company.send("POST", f"{path}/approval", by=company.person("gm"))
    assert approved["decided_by"] == str(company.people["gm"])


async def test_two_who_edit_at_once_do_not_overwrite_each_other(company: Company) -> None:
    scheme, cycle = await open_with_scheme(company)
    plan, head = await company.plan(cycle, "SALES"), company.person("sales_head")
    path = f"/v1/plans/{plan['id']}/weights"
    await company.send("PUT", path, weights_of(scheme, 8000, 2000), by=head, If_Match='"1"')
    stale = await company.ask("PUT", path, weights_of(scheme, 6000, 4000), by=head, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


async def test_a_late_department_is_reminded_once_a_day_and_shows_on_the_board(company: Company) -> None:
    _, cycle = await open_with_scheme(company, late_policy="escalated")
    work = company.wiring.works.of(company.tenant.tenant_id)
    await remind_of_plans(work)
    assert await company.published(TaskDue) == []  # fifteen days are left
    await company.move_clock("2026-01-14")
    await remind_of_plans(work)
    await remind_of_plans(work)
    assert [event["task"] for event in await company.published(TaskDue)] == ["plan.submit"] * 3
    await company.move_clock("2026-01-21")
    path = f"/v1/plans/{(await company.plan(cycle, 'GM'))['id']}/submission"
    await company.send("POST", path, by=company.person("gm"))
    await remind_of_plans(work)
    late = [event for event in await company.published(TaskDue) if event["day"] == "2026-01-21"]
    assert sorted(event["task"] for event in late) == ["plan.escalated"] * 2 + ["plan.submit"] * 2
    assert {e["department_id"] for e in late if e["task"] == "plan.escalated"} == {str(company.departments["GM"])}
    board = await company.send("GET", f"/v1/cycles/{cycle['id']}/progress", by=company.hr)
    assert (board["late"], board["plans"]) == (2, {"draft": 2, "submitted": 1})
    sales = next(row for row in board["departments"] if row["department_id"] == str(company.departments["SALES"]))
    assert (sales["late"], [head["name"] for head in sales["heads"]]) == (True, ["sales_head"])
    assert board["scorecards"] == {"provisional": 7}


async def test_an_unfinished_plan_takes_its_defaults_and_stops_nobody(company: Company) -> None:
    scheme, cycle = await open_with_scheme(company)
    plan, head = await company.plan(cycle, "SALES"), company.person("sales_head")
    await company.send("PUT", f"/v1/plans/{plan['id']}/weights", weights_of(scheme, 9000, 1000), by=head)
    work = company.wiring.works.of(company.tenant.tenant_id)
    await company.move_clock("2026-01-20")
    await default_late_plans(work)
    assert (await company.plan(cycle, "SALES"))["state"] == "draft"
    await company.move_clock("2026-01-21")
    await default_late_plans(work)
    defaulted = await company.plan(cycle, "SALES")
    assert (defaulted["state"], defaulted["weights"]) == ("defaulted", {})
    confirmed = await company.send("POST", f"/v1/plans/{plan['id']}/approval", by=company.hr)
    assert confirmed["state"] == "approved"


async def test_a_cycle_that_waits_for_all_starts_with_the_last_approval(company: Company) -> None:
    _, cycle = await open_with_scheme(company, late_policy="blocked")
    assert cycle["phase"] == "planning"
    for department, head, approver in (
        ("SALES", company.person("sales_head"), company.hr),
        ("GM", company.person("gm"), company.hr),
        ("HR", company.hr, company.person("gm")),
    ):
        path = f"/v1/plans/{(await company.plan(cycle, department))['id']}"
        await company.send("POST", f"{path}/submission", by=head)
        await company.send("POST", f"{path}/approval", by=approver)
    read = await company.send("GET", f"/v1/cycles/{cycle['id']}", by=company.hr)
    assert read["phase"] == "running"
    assert [event["phase"] for event in await company.published(CycleChanged)] == ["planning", "running"]


async def test_who_stands_in_for_a_head_may_submit(company: Company) -> None:
    _, cycle = await open_with_scheme(company)
    await company.tell(company.department("SALES", None, sequence=2))
    path = f"/v1/plans/{(await company.plan(cycle, 'SALES'))['id']}/submission"
    assert (await company.ask("POST", path, by=company.person("sales_head"))).status_code == 404
    assert (await company.send("POST", path, by=company.person("gm")))["state"] == "submitted"
