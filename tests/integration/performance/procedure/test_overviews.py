"""Every cycle in hand on one screen, and what waits for whom while plans go round."""

from collections.abc import Sequence
from datetime import date

import pytest

from shared.contracts.organisation import Leave
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client
from tests.factories.installation import bearer
from tests.factories.procedure_company import Company

pytestmark = pytest.mark.anyio


async def tasks(company: Company, by: Principal) -> Sequence[tuple[str, str, bool]]:
    found = await company.send("GET", "/v1/tasks", by=by)
    return [(task["kind"], task["department_name"], task["late"]) for task in found["data"]]


async def test_plans_wait_for_their_head_then_for_hr(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    plan, head = await company.plan(cycle, "SALES"), company.person("sales_head")
    admin, outsider = company.person("hr_staff", roles=frozenset({"admin"})), make_admin(company.tenant.tenant_id)
    assert await tasks(company, head) == [("plan.submit", "Department SALES", False)]
    assert await tasks(company, company.hr) == [("plan.submit", "Department HR", False)]
    assert (await tasks(company, company.person("s1")), await tasks(company, admin)) == ([], [])
    await company.send("POST", f"/v1/plans/{plan['id']}/submission", by=head)
    assert await tasks(company, head) == []
    assert ("plan.decide", "Department SALES", False) in await tasks(company, company.hr)
    assert await tasks(company, admin) == [("plan.decide", "Department SALES", False)]
    assert await tasks(company, outsider) == []  # only who works here decides


async def test_nobody_is_asked_to_decide_about_their_own(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    plan = await company.plan(cycle, "HR")
    await company.send("POST", f"/v1/plans/{plan['id']}/submission", by=company.hr)
    assert await tasks(company, company.hr) == []


async def test_what_is_past_its_day_is_late(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    await company.move_clock("2026-02-20")
    assert await tasks(company, company.person("sales_head")) == [("plan.submit", "Department SALES", True)]
    (overview,) = (await company.send("GET", "/v1/cycle-overviews", by=company.hr))["data"]
    assert (overview["id"], overview["late"], overview["plans"]) == (cycle["id"], 3, {"draft": 3})


async def test_an_overview_is_the_progress_and_the_grades_within_reach(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    for reader, people in ((company.hr, 7), (company.person("sales_head"), 4), (company.person("s1"), 0)):
        (overview,) = (await company.send("GET", "/v1/cycle-overviews", by=reader))["data"]
        grades = overview.pop("grades")
        assert overview.pop("unlisted_leave") == ({} if reader == company.hr else None)
        period = (overview.pop("starts_on"), overview.pop("ends_on"))
        assert overview == await company.send("GET", f"/v1/cycles/{cycle['id']}/progress", by=reader)
        assert period == (cycle["starts_on"], cycle["ends_on"])
        assert sum(grades.values()) == sum(overview["scorecards"].values()) == people


async def test_systems_see_grades_only_where_they_may_read_scores(company: Company) -> None:
    await company.publish_scheme()
    await company.open_cycle()
    shown = {}
    for scopes in (("cycles:read",), ("cycles:read", "scores:read"), ("scores:read",)):
        caller = bearer(make_client(company.tenant.tenant_id, *scopes))
        response = await company.client.get("/v1/cycle-overviews", headers=caller)
        shown[scopes] = response.json()["data"][0]["grades"] if response.is_success else response.status_code
    assert shown == {("cycles:read",): None, ("cycles:read", "scores:read"): {"ungraded": 7}, ("scores:read",): 403}


async def test_hr_sees_which_leave_no_policy_names(company: Company) -> None:
    for name, kind in {"s1": "产假", "s2": "产假", "s3": "sick", "hr_staff": "sabbatical"}.items():
        away = Leave(kind=kind, starts_on=date(2026, 6, 29), ends_on=date(2026, 9, 1))
        told = company.employee(name, "HR" if name == "hr_staff" else "SALES", sequence=2)
        await company.tell(told.model_copy(update={"leaves": (away,)}))
    await company.publish_scheme()
    await company.open_cycle()
    of_sales = company.person("hr_staff", roles=frozenset({"hr"}), hr_departments=(company.departments["SALES"],))
    seen = {
        company.hr: {"产假": 2, "sabbatical": 1},
        of_sales: {"产假": 2},
        company.person("sales_head"): None,
        make_admin(company.tenant.tenant_id): None,
    }
    for reader, kinds in seen.items():
        (overview,) = (await company.send("GET", "/v1/cycle-overviews", by=reader))["data"]
        assert overview["unlisted_leave"] == kinds
