"""Reminders: who is told of what is due, on which days, and no longer than it is."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.procedure import ImprovementPlanChanged
from tests.factories.access import make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.notifier import (
    make_plan_changed,
    make_task_due,
)
from tests.factories.organisation import make_department
from tests.integration.notifier.inboxes import Company

pytestmark = pytest.mark.anyio
REMINDER = "您部门绩效指标制定尚未完成，请尽快提交"


async def test_heads_of_today_are_reminded_of_a_late_plan_once_a_day(company: Company) -> None:
    plan = make_plan_changed(department_id=company.sales)
    await company.hears(plan, make_task_due(plan), make_task_due(plan))
    await company.hears(make_task_due(plan))
    assert await company.bodies(company.head) == await company.bodies(company.acting) == [REMINDER]
    assert await company.inbox(company.former) == await company.inbox(company.seller) == []
    await company.hears(make_task_due(plan, day=date(2026, 1, 13)))
    assert await company.bodies(company.head) == [REMINDER] * 2
    (notification, _) = await company.inbox(company.head)
    assert (notification["about"], notification["link"]) == (plan.subject, f"/v1/{plan.subject}")


async def test_a_reminder_may_be_the_first_thing_heard_of_a_plan(company: Company) -> None:
    await company.hears(make_task_due(make_plan_changed(department_id=company.sales)))
    assert await company.bodies(company.head) == [REMINDER]


@pytest.mark.parametrize("state", ["submitted", "approved", "defaulted"])
async def test_a_plan_that_was_submitted_needs_no_reminder(company: Company, state: str) -> None:
    plan = make_plan_changed(department_id=company.sales)
    later = plan.model_copy(update={"sequence": 2, "state": state})
    await company.hears(later, plan, make_task_due(plan))
    assert REMINDER not in await company.bodies(company.head)


async def test_a_returned_plan_reminds_again(company: Company) -> None:
    plan = make_plan_changed(department_id=company.sales, state="submitted")
    returned = plan.model_copy(update={"sequence": 2, "state": "returned", "comment": "权重不合理"})
    await company.hears(plan, returned, make_task_due(plan))
    assert REMINDER in await company.bodies(company.head)


async def test_a_late_plan_calls_the_head_above(company: Company) -> None:
    plan = make_plan_changed(department_id=company.sales, cycle_id=company.cycle_id)
    called = make_task_due(plan, task="plan.escalated", department_id=company.top)
    await company.hears(plan, called, called)
    assert await company.bodies(company.general_manager) == [
        "销售部的绩效指标（2026上半年）已于 2026-01-10 到期，至今未提交，请督促其负责人尽快提交。"
    ]
    await company.hears(plan.model_copy(update={"sequence": 2, "state": "submitted"}))
    await company.hears(make_task_due(plan, task="plan.escalated", department_id=company.top, day=date(2026, 1, 13)))
    kinds = [one["kind"] for one in await company.inbox(company.general_manager)]
    assert kinds == ["plan.submitted", "task.plan.escalated"]


async def test_while_a_department_has_no_head_the_nearest_above_hears(company: Company) -> None:
    """Who leads above plans for it; who decides sits at the top, however many levels lie between."""
    between, team = uuid4(), uuid4()
    await company.hears(
        make_department(department_id=between, name="直销部", parent_id=company.sales, heads=()),
        make_department(department_id=team, name="直销一组", parent_id=between, heads=()),
    )
    plan = make_plan_changed(department_id=team)

    def step(sequence: int, state: str, actor_id: UUID | None = None) -> Any:
        return plan.model_copy(update={"sequence": sequence, "state": state, "actor_id": actor_id})

    improvement = ImprovementPlanChanged(
        improvement_plan_id=uuid4(),
        sequence=1,
        scorecard_id=uuid4(),
        employee_id=company.seller,
        department_id=team,
        state="submitted",
    )
    await company.hears(plan, make_task_due(plan), step(2, "submitted", company.head), improvement)
    await company.hears(step(3, "returned"))
    assert [one["kind"] for one in reversed(await company.inbox(company.head))] == [
        "task.plan.submit",
        "plan.submitted",
        "improvement_plan.submitted",
        "plan.returned",
    ]
    assert [one["kind"] for one in await company.inbox(company.general_manager)] == ["plan.submitted"]


async def test_unknown_tasks_remind_nobody(company: Company) -> None:
    plan = make_plan_changed(department_id=company.sales)
    await company.hears(make_task_due(plan, task="moon.watch"), make_task_due(plan, about="moons/1"))
    assert await company.bodies(company.head) == [REMINDER]


async def test_a_rule_says_on_which_days_and_can_be_changed(company: Company) -> None:
    hr = bearer(make_hr(company.tenant_id))
    body = {"task": "plan.submit", "days_before_or_after": [-3, 1]}
    created = await company.client.post("/v1/reminder-rules", json=body, headers=hr)
    assert created.status_code == 201
    again = await company.client.post("/v1/reminder-rules", json=body, headers=hr)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert [each["pointer"] for each in again.json()["errors"]] == ["/task"]
    plan = make_plan_changed(department_id=company.sales)
    await company.hears(make_task_due(plan, day=date(2026, 1, 12)))
    assert await company.bodies(company.head) == []
    await company.hears(make_task_due(plan, day=date(2026, 1, 7)), make_task_due(plan, day=date(2026, 1, 11)))
    assert len(await company.bodies(company.head)) == 2
    url = f"/v1/reminder-rules/{created.json()['id']}"
    silenced = await company.client.patch(url, json={"enabled": False}, headers=hr | {"If-Match": '"1"'})
    assert (silenced.status_code, silenced.headers["etag"]) == (200, '"2"')
    await company.hears(make_task_due(plan, day=date(2026, 1, 11), task="plan.submit", cycle_id=uuid4()))
    assert len(await company.bodies(company.head)) == 2
    assert (await company.client.get("/v1/reminder-rules", headers=hr)).json()["data"] == [silenced.json()]
    employee = bearer(make_person(company.tenant_id, company.head))
    assert (await company.client.post("/v1/reminder-rules", json=body, headers=employee)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"task": "Plan Submit"}, "/task"),
        ({"days_before_or_after": [0, 400]}, "/days_before_or_after/1"),
        ({"days_before_or_after": ["soon"]}, "/days_before_or_after/0"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_wrong_rule_names_the_wrong_place(
    client: httpx.AsyncClient, tenant_id: UUID, fields: dict[str, Any], pointer: str
) -> None:
    body = {"task": "plan.submit", "days_before_or_after": [0], **fields}
    response = await client.post("/v1/reminder-rules", json=body, headers=bearer(make_hr(tenant_id)))
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
