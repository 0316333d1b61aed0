"""Who works for two departments at once is in the plans of both, and each answers for its own targets alone."""

from decimal import Decimal
from typing import Any

import pytest

from shared.core.access import Principal
from tests.factories.access import make_hr
from tests.factories.procedure import SALES, make_item
from tests.factories.procedure_company import Company

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
TICKETS = {**SALES, "key": "tickets", "name": "Tickets", "unit": "count", "measure": "ticket.closed"}
STAFF = {"items": [make_item("tickets", 10_000, rule={"kind": "ratio"})]}


async def opened(company: Company, **terms: Any) -> Json:
    """Let s1 sell at 60 % and work for HR at 40 %, where a scheme of its own counts tickets."""
    sells, serves = (
        company.employee("s1", "SALES", fte=Decimal("0.6")),
        company.employee("hr_staff", "HR", fte=Decimal("0.4")),
    )
    spells = (*sells.employments, *serves.employments)
    await company.tell(sells.model_copy(update={"employments": spells, "sequence": 2}))
    await company.publish_scheme()
    await company.send("POST", "/v1/metrics", TICKETS, by=company.hr)
    places = {"position_ids": [], "department_ids": [str(company.departments["HR"])]}
    await company.publish_scheme(name="Staff", document=STAFF, **places)
    cycle: Json = await company.open_cycle(**terms)
    return cycle


async def targets_in_plan(company: Company, cycle: Json, code: str, *, by: str) -> tuple[set[str], dict[str, int]]:
    """Give the metrics for which s1 has a target in a department's plan, and people by scheme."""
    plan = await company.plan(cycle, code)
    sheet = await company.send("GET", f"/v1/plans/{plan['id']}", by=company.person(by))
    own = {each["metric"] for each in sheet["targets"] if each["subject_id"] == str(company.people["s1"])}
    return own, {each["name"]: each["people"] for each in sheet["schemes"]}


def confined(company: Company, code: str) -> Principal:
    return make_hr(company.tenant.tenant_id, hr_departments=(company.departments[code],))


async def test_both_departments_plan_for_the_person_and_each_sees_what_counts_there(company: Company) -> None:
    cycle = await opened(company)
    assert cycle["positions"] == "allocate"
    in_sales = await targets_in_plan(company, cycle, "SALES", by="sales_head")
    in_hr = await targets_in_plan(company, cycle, "HR", by="hr_head")
    assert in_sales == ({"sales", "tickets"}, {"Sellers": 3})
    assert in_hr == ({"tickets"}, {"Staff": 3})


async def test_each_department_answers_for_its_own_targets(company: Company) -> None:
    cycle = await opened(company)
    body = {"value": "30", "reason": "agreed"}
    found = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people["s1"]))
    targets = {each["metric"]: each for each in found}
    assert {metric: each["department_id"] for metric, each in targets.items()} == {
        "sales": str(company.departments["SALES"]),
        "tickets": str(company.departments["HR"]),
    }
    for metric, code, status in (
        ("sales", "HR", 404),
        ("tickets", "SALES", 404),
        ("sales", "SALES", 200),
        ("tickets", "HR", 200),
    ):
        path = f"/v1/targets/{targets[metric]['id']}/override"
        answer = await company.ask("PUT", path, body, by=confined(company, code))
        assert answer.status_code == status, (metric, code, answer.text)


async def test_under_the_principal_position_alone_the_other_department_has_nothing_to_plan(company: Company) -> None:
    cycle = await opened(company, positions="principal")
    assert cycle["positions"] == "principal"
    assert await targets_in_plan(company, cycle, "HR", by="hr_head") == (set(), {"Staff": 2})


async def test_an_unknown_policy_is_refused(company: Company) -> None:
    answer = await company.ask(
        "POST",
        "/v1/cycles",
        {
            "name": "2026 H1",
            "starts_on": "2026-01-01",
            "ends_on": "2026-07-01",
            "plan_due_on": "2026-01-20",
            "positions": "all",
        },
        by=company.hr,
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/positions")
