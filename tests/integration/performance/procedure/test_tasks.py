"""Whoever may submit or decide a plan finds it among the tasks, and nobody else does."""

from collections.abc import Iterator, Mapping

import pytest

from services.performance.usecases.goals.default_late_plans import default_late_plans
from shared.core.access import Principal
from tests.factories.access import make_admin
from tests.factories.procedure_company import Company, Json

pytestmark = pytest.mark.anyio
HR, ADMIN = frozenset({"hr"}), frozenset({"admin"})
DEPARTMENTS = ("GM", "SALES", "HR")
ALLOWED = {409, 422}
"""Answers to who may decide and says nothing, or is too early or too late."""


@pytest.fixture
async def plans(company: Company) -> dict[str, Json]:
    """Give the plans of a cycle by department."""
    await company.publish_scheme()
    cycle = await company.open_cycle()
    return {department: await company.plan(cycle, department) for department in DEPARTMENTS}


def callers(company: Company) -> Iterator[tuple[str, Principal]]:
    """Give everybody, as what they are and with each role that decides."""
    for name in company.people:
        yield name, company.person(name)
        yield f"{name} of HR", company.person(name, roles=HR)
        yield f"{name}, administrator", company.person(name, roles=ADMIN)
        for department in DEPARTMENTS:
            confined = (company.departments[department],)
            yield f"{name} of HR for {department}", company.person(name, roles=HR, hr_departments=confined)
    yield "an administrator from outside", make_admin(company.tenant.tenant_id)


async def waiting(company: Company, caller: Principal, kind: str) -> set[str]:
    tasks = await company.send("GET", "/v1/tasks", by=caller)
    return {task["link"] for task in tasks["data"] if task["kind"] == kind}


async def decidable(company: Company, plans: Mapping[str, Json], caller: Principal) -> set[str]:
    """Try to return each plan without a word, which is refused to those alone who may decide about it."""
    links = [f"/v1/plans/{plan['id']}" for plan in plans.values()]
    tried = [(link, await company.ask("POST", f"{link}/return", {"comment": " "}, by=caller)) for link in links]
    return {link for link, answer in tried if answer.status_code in ALLOWED}


async def wrong(company: Company, plans: Mapping[str, Json]) -> list[tuple[str, set[str], set[str]]]:
    """Give the callers whose tasks are others than the plans about which they may decide."""
    found = [
        (name, await waiting(company, caller, "plan.decide"), await decidable(company, plans, caller))
        for name, caller in callers(company)
    ]
    assert any(may for _, _, may in found)
    return [(name, tasks, may) for name, tasks, may in found if tasks != may]


async def submit(company: Company, plan: Json, head: str) -> None:
    await company.send("POST", f"/v1/plans/{plan['id']}/submission", by=company.person(head))


async def test_who_may_decide_finds_what_was_submitted(company: Company, plans: dict[str, Json]) -> None:
    for department, head in (("GM", "gm"), ("SALES", "sales_head"), ("HR", "hr_head")):
        await submit(company, plans[department], head)
    assert await wrong(company, plans) == []


async def test_who_may_decide_finds_what_fell_back_to_its_defaults(company: Company, plans: dict[str, Json]) -> None:
    await company.move_clock("2026-01-21")
    await default_late_plans(company.wiring.works.of(company.tenant.tenant_id))
    assert await wrong(company, plans) == []


async def test_the_general_manager_finds_the_plan_of_hr(company: Company, plans: dict[str, Json]) -> None:
    await submit(company, plans["HR"], "hr_head")
    link = f"/v1/plans/{plans['HR']['id']}"
    assert await waiting(company, company.person("gm"), "plan.decide") == {link}
    assert await waiting(company, company.hr, "plan.decide") == set()
    await company.send("POST", f"{link}/approval", by=company.person("gm"))
    assert await waiting(company, company.person("gm"), "plan.decide") == set()


async def test_who_stands_in_for_a_head_submits_and_does_not_decide(company: Company, plans: dict[str, Json]) -> None:
    await company.tell(company.department("SALES", None, sequence=2))
    link = f"/v1/plans/{plans['SALES']['id']}"
    assert link in await waiting(company, company.person("gm"), "plan.submit")
    assert await waiting(company, company.person("sales_head"), "plan.submit") == set()
    await submit(company, plans["SALES"], "gm")
    assert await wrong(company, {"SALES": plans["SALES"]}) == []


async def test_what_is_not_open_any_more_waits_for_nobody(company: Company, plans: dict[str, Json]) -> None:
    for department, head in (("SALES", "sales_head"), ("HR", "hr_head")):
        await submit(company, plans[department], head)
    await company.send("POST", f"/v1/cycles/{plans['HR']['cycle_id']}/freeze", by=company.hr)
    for name, caller in callers(company):
        assert await waiting(company, caller, "plan.decide") == set(), name


async def test_hr_finds_by_name_what_the_business_wants_of_a_metric_that_nobody_has_defined(company: Company) -> None:
    await company.publish_scheme()
    await company.open_cycle()
    mistyped = company.business_target("3000000", metric="salse")
    await company.tell(company.business_target("3000000", business_target_id=company.people["s1"]), mistyped)
    kind = "business_target.match"
    assert await waiting(company, company.hr, kind) == {"/v1/business-targets?metric=salse"}
    assert await waiting(company, company.person("sales_head"), kind) == set()
    await company.tell(mistyped.model_copy(update={"sequence": 2, "metric": "sales"}))
    assert await waiting(company, company.hr, kind) == set()
