"""The inbox: who is told of what, in which words, and nobody twice."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.notifier.wiring import Wiring
from shared.contracts.procedure import FeedbackGiven, ImprovementPlanChanged, ReportReady
from shared.contracts.scores import ScoreRevised
from tests.factories.access import make_client, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.notifier import (
    inbox_of,
    make_change,
    make_plan_changed,
    make_scheme_published,
    make_scores_changed,
    tell_notifier,
)
from tests.factories.tenancy import make_tenant
from tests.integration.notifier.inboxes import Company, found_company

pytestmark = pytest.mark.anyio


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
