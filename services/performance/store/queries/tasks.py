"""What waits for somebody: plans, improvement plans, revisions, what may not apply, and what is amiss with metrics."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date as SqlDate
from sqlalchemy import Select, Text, Uuid, and_, cast, false, func, literal, null, select, true

from services.performance.domain.cycle import MOVING
from services.performance.store.queries.freshness import FreshnessQueries
from services.performance.store.queries.within import within
from services.performance.store.tables.applicability import applicabilities
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import business_targets, cycles, metrics, plans
from services.performance.store.tables.revisions import revisions
from services.performance.store.tables.scoring import improvement_plans, scorecards
from services.performance.usecases.goals.find_plan_tasks import MOST
from shared.core.access import Reach
from shared.core.paging import Row


class TaskQueries(FreshnessQueries):
    async def tasks(
        self,
        me: UUID | None,
        *,
        to_submit: Collection[UUID],
        to_decide: Collection[UUID],
        to_accept: Reach,
        to_revise: Reach,
        to_approve: Reach,
        account: str,
        metrics_too: bool,
    ) -> Sequence[Row]:
        """Give the tasks of an employee, or of somebody who is none."""
        today = await self.today()
        found = [
            *await self.rows(_plans("plan.submit", to_submit)),
            *await self.rows(_plans("plan.decide", to_decide)),
            *await self.rows(_to_accept(me, to_accept, today)),
            *await self.rows(_to_do(me)),
            *await self.rows(_to_revise(me, to_revise, today)),
            *await self.rows(_to_approve(me, account, to_approve, today)),
            *(await self.stale_tasks() if metrics_too else ()),
            *(await self.rows(_to_match()) if metrics_too else ()),
        ]
        tasks = [{**row, "late": row["due_on"] is not None and row["due_on"] < today} for row in found]
        return sorted(tasks, key=lambda task: (task["due_on"] is None, task["due_on"] or today, task["link"]))


def _to_accept(me: UUID | None, reach: Reach, today: date) -> Select[Any]:
    reached = within(improvement_plans, reach, today=today)
    others = improvement_plans.c.employee_id != me if me else false()
    return _improvement_plans("improvement_plan.accept").where(
        improvement_plans.c.state == "submitted", reached, others
    )


def _to_approve(me: UUID | None, account: str, reach: Reach, today: date) -> Select[Any]:
    """Select what somebody else asked for of items that are there, about people within reach but not about oneself."""
    table, departments, people = applicabilities, org.departments, org.employees
    others = scorecards.c.employee_id != me if me else true()
    there = scorecards.c.result["items"].contains(func.jsonb_build_array(func.jsonb_build_object("key", table.c.item)))
    return (
        select(
            literal("applicability.approve").label("kind"),
            func.concat("/v1/scorecards/", table.c.scorecard_id, "/applicability").label("link"),
            cast(null(), SqlDate).label("due_on"),
            scorecards.c.department_id,
            departments.c.name.label("department_name"),
            scorecards.c.employee_id,
            people.c.name.label("employee_name"),
        )
        .join(scorecards, scorecards.c.id == table.c.scorecard_id)
        .outerjoin(departments, departments.c.id == scorecards.c.department_id)
        .outerjoin(people, people.c.id == scorecards.c.employee_id)
        .where(table.c.proposed.is_not(None), scorecards.c.status == "provisional", table.c.proposed_by != account)
        .where(within(scorecards, reach, today=today), others, there)
        .order_by(table.c.scorecard_id, table.c.item)
        .limit(MOST)
    )


def _to_do(me: UUID | None) -> Select[Any]:
    own = improvement_plans.c.employee_id == me if me else false()
    return _improvement_plans("improvement_plan.do").where(improvement_plans.c.state == "accepted", own)


def _to_match() -> Select[Any]:
    """Select by metric the business targets that no cycle takes, because nobody has defined their metric."""
    wanted, asking = business_targets.c, cycles.c
    touched = and_(wanted.starts_on < asking.ends_on, wanted.ends_on > asking.starts_on, asking.phase.in_(MOVING))
    return (
        select(
            literal("business_target.match").label("kind"),
            (literal("/v1/business-targets?metric=") + wanted.metric).label("link"),
            func.min(asking.plan_due_on).label("due_on"),
            *(cast(null(), Uuid).label(name) for name in ("department_id", "employee_id")),
            *(cast(null(), Text).label(name) for name in ("department_name", "employee_name")),
        )
        .join(cycles, touched)
        .where(~wanted.deleted, wanted.metric.not_in(select(metrics.c.key)))
        .group_by(wanted.metric)
        .order_by(wanted.metric)
        .limit(MOST)
    )


def _to_revise(me: UUID | None, reach: Reach, today: date) -> Select[Any]:
    table, departments, people = revisions, org.departments, org.employees
    others = table.c.employee_id != me if me else true()
    return (
        select(
            literal("revision.decide").label("kind"),
            (literal("/v1/revisions/") + cast(table.c.id, Text)).label("link"),
            cast(null(), SqlDate).label("due_on"),
            table.c.department_id,
            departments.c.name.label("department_name"),
            table.c.employee_id,
            people.c.name.label("employee_name"),
        )
        .outerjoin(departments, departments.c.id == table.c.department_id)
        .outerjoin(people, people.c.id == table.c.employee_id)
        .where(table.c.state == "proposed", within(table, reach, today=today), others)
        .order_by(table.c.id)
        .limit(MOST)
    )


def _plans(kind: str, ids: Collection[UUID]) -> Select[Any]:
    departments = org.departments
    return (
        select(
            literal(kind).label("kind"),
            (literal("/v1/plans/") + cast(plans.c.id, Text)).label("link"),
            plans.c.due_on,
            plans.c.department_id,
            departments.c.name.label("department_name"),
            cast(null(), Uuid).label("employee_id"),
            cast(null(), Text).label("employee_name"),
        )
        .outerjoin(departments, departments.c.id == plans.c.department_id)
        .where(plans.c.id.in_(ids))
    )


def _improvement_plans(kind: str) -> Select[Any]:
    table, departments, people = improvement_plans, org.departments, org.employees
    goal = func.jsonb_array_elements(table.c.goals).table_valued("value").alias("goal")
    due_on = select(func.min(cast(goal.c.value.op("->>")("due_on"), SqlDate))).select_from(goal).scalar_subquery()
    return (
        select(
            literal(kind).label("kind"),
            (literal("/v1/improvement-plans?scorecard_id=") + cast(table.c.scorecard_id, Text)).label("link"),
            due_on.label("due_on"),
            table.c.department_id,
            departments.c.name.label("department_name"),
            table.c.employee_id,
            people.c.name.label("employee_name"),
        )
        .outerjoin(departments, departments.c.id == table.c.department_id)
        .outerjoin(people, people.c.id == table.c.employee_id)
        .order_by(table.c.id)
        .limit(MOST)
    )
