"""The inbox: who is told of what, in which words, and nobody twice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.notifier.wiring import Wiring
from shared.contracts.organisation import Employment, Headship
from shared.contracts.procedure import CycleChanged, FeedbackGiven, ImprovementPlanChanged, ReportReady
from shared.contracts.scores import ScoreRevised
from tests.factories.access import make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.notifier import (
    inbox_of,
    make_change,
    make_plan_changed,
    make_scheme_published,
    make_scores_changed,
    make_task_due,
    tell_notifier,
)
from tests.factories.organisation import make_department, make_employee
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio
LONG_AGO = date(2020, 1, 1)
REMINDER = "您部门绩效指标制定尚未完成，请尽快提交"


@dataclass(frozen=True, slots=True)
class Company:
    """A sales department with a head, an acting head and a seller, below the general manager's."""

    client: httpx.AsyncClient
    wiring: Wiring
    tenant_id: UUID
    top: UUID
    sales: UUID
    general_manager: UUID
    head: UUID
    acting: UUID
    former: UUID
    seller: UUID
    cycle_id: UUID

    async def hears(self, *events: Any) -> None:
        await tell_notifier(self.wiring, self.tenant_id, *events)

    async def inbox(self, employee_id: UUID, **params: str) -> list[dict[str, Any]]:
        return await inbox_of(self.client, self.tenant_id, employee_id, **params)

    async def bodies(self, employee_id: UUID) -> list[str]:
        return [notification["body"] for notification in await self.inbox(employee_id)]


async def found_company(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> Company:
    ids = {name: uuid4() for name in ("top", "sales", "general_manager", "head", "acting", "former", "seller")}
    company = Company(client, wiring, tenant_id, cycle_id=uuid4(), **ids)

    def leads(person: str, kind: str = "head", **more: Any) -> Headship:
        return Headship(**{"employee_id": ids[person], "kind": kind, "starts_on": LONG_AGO, **more})

    spell = Employment(
        id=uuid4(),
        department_id=company.sales,
        position_id=uuid4(),
        position_name="销售",
        fte=Decimal(1),
        starts_on=LONG_AGO,
    )
    await company.hears(
        make_department(department_id=company.top, name="总经办", heads=(leads("general_manager"),)),
        make_department(
            department_id=company.sales,
            parent_id=company.top,
            heads=(
                leads("former", ends_on=date(2021, 1, 1)),
                leads("head", starts_on=date(2021, 1, 1)),
                leads("acting", "acting"),
            ),
        ),
        make_employee(employee_id=company.seller, name="王建国", employments=(spell,)),
        make_employee(employee_id=company.head, name="李主管"),
        CycleChanged(
            cycle_id=company.cycle_id,
            sequence=1,
            name="2026上半年",
            phase="planning",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 7, 1),
            plan_due_on=date(2026, 1, 10),
        ),
    )
    return company


@pytest.fixture
async def company(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> Company:
    return await found_company(client, wiring, tenant_id)


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


async def test_each_step_of_a_plan_is_told_to_those_it_concerns(company: Company) -> None:
    plan = make_plan_changed(department_id=company.sales, cycle_id=company.cycle_id)

    def step(sequence: int, state: str, **more: Any) -> Any:
        return plan.model_copy(update={"sequence": sequence, "state": state, **more})

    submitted = step(2, "submitted", actor_id=company.acting)
    await company.hears(plan, submitted)
    await company.hears(step(3, "returned", comment="权重不合理", actor_id=uuid4()))
    await company.hears(step(4, "submitted", actor_id=company.acting), step(5, "approved"))
    await company.hears(submitted)
    kinds = {
        name: [one["kind"] for one in reversed(await company.inbox(getattr(company, name)))]
        for name in ("head", "acting", "general_manager", "former")
    }
    assert kinds == {
        "head": ["plan.returned", "plan.approved"],
        "acting": ["plan.submitted", "plan.returned", "plan.submitted", "plan.approved"],
        "general_manager": ["plan.submitted", "plan.submitted"],
        "former": [],
    }
    assert "权重不合理" in (await company.bodies(company.head))[1]
    assert "销售部的绩效指标（2026上半年）" in (await company.bodies(company.head))[0]


async def test_a_changed_target_tells_each_with_own_numbers_and_heads_with_averages(company: Company) -> None:
    mine = make_change(employee_id=company.seller, department_id=company.sales)
    colleague = make_change(
        department_id=company.sales, previous_total=Decimal("81.90"), total=Decimal("79.50"), grade="good"
    )
    await company.hears(make_scores_changed(mine, colleague, cause="target", cycle_id=company.cycle_id))
    assert await company.bodies(company.seller) == [
        "目标值变更后，您在2026上半年的得分由 63.40（合格）变为 61.00（合格）。"
    ]
    assert await company.bodies(company.head) == ["2026上半年：销售部有 2 人得分变化，平均分由 72.65 变为 70.25。"]
    assert await company.bodies(company.general_manager) == []


async def test_a_score_that_stays_what_it_was_is_no_news(company: Company) -> None:
    """Its lines may have changed, or nothing may have been scored yet."""
    same = make_change(employee_id=company.seller, department_id=company.sales, total=Decimal("63.40"))
    none = {"previous_total": None, "previous_grade": None, "total": None, "grade": None}
    unscored = make_change(employee_id=company.seller, department_id=company.sales, **none)
    await company.hears(make_scores_changed(same, unscored, cause="target", cycle_id=company.cycle_id))
    assert await company.bodies(company.seller) == await company.bodies(company.head) == []


async def test_a_run_told_in_several_events_is_one_notification_to_a_head(company: Company) -> None:
    run_id = uuid4()
    for total in ("80.00", "90.00"):
        change = make_change(department_id=company.sales, previous_total=None, total=Decimal(total))
        await company.hears(make_scores_changed(change, cause="scheme", run_id=run_id))
        (told,) = await company.inbox(company.head, unread="true")
        read = await company.client.post(
            f"/v1/notifications/{told['id']}/read", headers=bearer(make_person(company.tenant_id, company.head))
        )
        assert read.status_code == 200
    assert "有 2 人得分变化，平均分由 — 变为 85.00" in told["body"]


@pytest.mark.parametrize("cause", ["observations", "plan", "organisation", "cycle", "recompute"])
async def test_what_moves_scores_day_by_day_does_not_fill_inboxes(company: Company, cause: Any) -> None:
    change = make_change(employee_id=company.seller, department_id=company.sales)
    await company.hears(make_scores_changed(change, cause=cause))
    assert await company.inbox(company.seller) == await company.inbox(company.head) == []


async def test_a_published_scheme_tells_heads_and_employees_which_weights_changed(company: Company) -> None:
    await company.hears(make_scheme_published(department_ids=(company.sales,)))
    expected = "考核方案“销售方案”第 2 版已发布，适用于整个考核周期。权重：销售额 60% → 50%；转化率 30% → 40%。"
    for person in (company.seller, company.head, company.acting):
        assert await company.bodies(person) == [expected]
    assert await company.bodies(company.general_manager) == []


async def test_the_day_from_which_a_scheme_holds_is_told(company: Company) -> None:
    since = {"effect": "from_date", "effective_on": date(2026, 4, 1)}
    await company.hears(make_scheme_published(department_ids=(company.sales,), **since))
    (body,) = await company.bodies(company.seller)
    assert "已发布，自 2026-04-01 起适用。" in body


async def test_english_tenants_are_told_in_english(
    client: httpx.AsyncClient, wiring: Wiring, installation: Installation
) -> None:
    tenant = make_tenant(locale="en")
    await announce_tenant(installation, tenant)
    company = await found_company(client, wiring, tenant.tenant_id)
    await company.hears(make_scheme_published(department_ids=(company.sales,)))
    (body,) = await company.bodies(company.seller)
    assert "It holds for the whole cycle. Weights: 销售额 60% → 50%; 转化率 30% → 40%." in body


async def test_reports_feedback_and_improvement_plans_are_told(company: Company) -> None:
    scorecard_id, plan_id = uuid4(), uuid4()

    def improvement(sequence: int, state: Any, employee_id: UUID) -> ImprovementPlanChanged:
        return ImprovementPlanChanged(
            improvement_plan_id=plan_id if employee_id == company.seller else uuid4(),
            sequence=sequence,
            scorecard_id=scorecard_id,
            employee_id=employee_id,
            department_id=company.sales,
            state=state,
        )

    report = ReportReady(
        report_id=uuid4(),
        scorecard_id=scorecard_id,
        cycle_id=company.cycle_id,
        employee_id=company.seller,
        department_id=company.sales,
        sequence=1,
        total=Decimal("60.50"),
        grade="fair",
    )
    feedback = FeedbackGiven(
        feedback_id=uuid4(), scorecard_id=scorecard_id, employee_id=company.seller, author_id=company.head
    )
    await company.hears(report, feedback, improvement(1, "submitted", company.seller))
    await company.hears(improvement(2, "accepted", company.seller), improvement(1, "submitted", company.acting))
    kinds = {
        name: [one["kind"] for one in reversed(await company.inbox(getattr(company, name)))]
        for name in ("seller", "head", "acting")
    }
    assert kinds == {
        "seller": ["report.ready", "feedback.given", "improvement_plan.accepted"],
        "head": ["improvement_plan.submitted", "improvement_plan.submitted"],
        "acting": ["improvement_plan.submitted"],
    }
    assert "您在2026上半年的绩效报告已生成：60.50 分，合格。" in await company.bodies(company.seller)
    assert "李主管对您的绩效给出了反馈" in (await company.bodies(company.seller))[1]
    assert "王建国（销售部）" in (await company.bodies(company.acting))[0]


async def test_a_revised_result_is_told_with_the_reason(company: Company) -> None:
    revised = ScoreRevised(
        cycle_id=company.cycle_id,
        scorecard_id=uuid4(),
        employee_id=company.seller,
        department_id=company.sales,
        sequence=7,
        total=Decimal("91.00"),
        grade="excellent",
        previous_total=Decimal("89.50"),
        previous_grade="good",
        reason="六月的订单补录",
    )
    await company.hears(revised, revised)
    assert await company.bodies(company.seller) == [
        "您在2026上半年已发布的得分由 89.50（良好）修订为 91.00（优秀）。原因：六月的订单补录"
    ]
    assert await company.inbox(company.head) == []


async def test_an_inbox_is_read_by_its_owner_alone(company: Company) -> None:
    await company.hears(make_scheme_published(department_ids=(company.sales,)))
    (told,) = await company.inbox(company.seller, unread="true")
    url = f"/v1/notifications/{told['id']}/read"
    for other in (make_person(company.tenant_id, company.head), make_person(make_tenant().tenant_id, company.seller)):
        assert (await company.client.post(url, headers=bearer(other))).status_code in {404, 503}
    owner = bearer(make_person(company.tenant_id, company.seller))
    read = await company.client.post(url, headers=owner)
    again = await company.client.post(url, headers=owner)
    assert read.json()["read_at"] is not None
    assert again.json() == read.json()
    assert await company.inbox(company.seller, unread="true") == []
    assert await company.inbox(company.seller, unread="false") == [read.json()]
    system = bearer(make_client(company.tenant_id, "webhooks:write"))
    assert (await company.client.get("/v1/notifications", headers=system)).status_code == 403


async def test_the_newest_stands_first_and_pages_go_back_in_time(company: Company) -> None:
    for version in range(1, 6):
        await company.hears(make_scheme_published(department_ids=(company.sales,), sequence=version))
    seen: list[str] = []
    params: dict[str, str] = {"limit": "2"}
    while True:
        headers = bearer(make_person(company.tenant_id, company.seller))
        page = (await company.client.get("/v1/notifications", params=params, headers=headers)).json()
        seen += [notification["body"] for notification in page["data"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert [body[body.index("第") + 2] for body in seen] == ["5", "4", "3", "2", "1"]


async def test_another_tenant_s_people_hear_nothing(company: Company, installation: Installation) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    await company.hears(make_scheme_published(department_ids=(company.sales,)))
    await tell_notifier(company.wiring, other.tenant_id, make_scheme_published(department_ids=(company.sales,)))
    assert await inbox_of(company.client, other.tenant_id, company.seller) == []
