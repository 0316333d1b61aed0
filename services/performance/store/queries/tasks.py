"""What waits for somebody: plans and improvement plans in whose way nobody else stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    Uuid,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    select,
)
from sqlalchemy import Date as SqlDate

from services.performance.store.queries.within import within
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycles, plans
from services.performance.store.tables.scoring import improvement_plans
from shared.core.access import Reach
from shared.core.paging import Row
from shared.kit import queries
from shared.kit.org.reach import current

_OF_EACH = 50
_OWED = ("draft", "returned")
_PLANNABLE = ("planning", "running")


class TaskQueries(queries.Queries):
    async def tasks(self, me: UUID | None, reaches: Mapping[str, Reach]) -> Sequence[Row]:
        """Give the tasks of an employee, or of somebody who is none; `reaches` says by kind what they decide about."""
        today = await self.today()
        found = [
            *await self.rows(_to_submit(me, today)),
            *await self.rows(_to_decide(me, reaches["plan.decide"], today)),
            *await self.rows(_to_accept(me, reaches["improvement_plan.accept"], today)),
            *await self.rows(_to_do(me)),
        ]
        tasks = [{**row, "late": row["due_on"] is not None and row["due_on"] < today} for row in found]
        return sorted(tasks, key=lambda task: (task["due_on"] is None, task["due_on"] or today, task["link"]))


def _to_submit(me: UUID | None, today: date) -> Select[Any]:
    return _plans("plan.submit").where(plans.c.state.in_(_OWED), _headed_by(me, plans, today))


def _to_decide(me: UUID | None, reach: Reach, today: date) -> Select[Any]:
    """Select what HR and administrators decide: not what they handed in themselves, nor of a department they head."""
    by_office = within(plans, replace(reach, headed_by=None, own=None), today=today)
    theirs = plans.c.submitted_by.is_distinct_from(me) if me else not_(false())
    return _plans("plan.decide").where(
        plans.c.state == "submitted", by_office, theirs, not_(_headed_by(me, plans, today))
    )


def _to_accept(me: UUID | None, reach: Reach, today: date) -> Select[Any]:
    reached = within(improvement_plans, reach, today=today)
    others = improvement_plans.c.employee_id != me if me else false()
    return _improvement_plans("improvement_plan.accept").where(
        improvement_plans.c.state == "submitted", reached, others
    )


def _to_do(me: UUID | None) -> Select[Any]:
    own = improvement_plans.c.employee_id == me if me else false()
    return _improvement_plans("improvement_plan.do").where(improvement_plans.c.state == "accepted", own)


def _plans(kind: str) -> Select[Any]:
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
        .join(cycles, cycles.c.id == plans.c.cycle_id)
        .outerjoin(departments, departments.c.id == plans.c.department_id)
        .where(cycles.c.phase.in_(_PLANNABLE))
        .order_by(plans.c.due_on, plans.c.id)
        .limit(_OF_EACH)
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
        .limit(_OF_EACH)
    )


def _headed_by(me: UUID | None, table: Table, today: date) -> ColumnElement[bool]:
    """Admit rows of the very departments somebody heads today, as head or acting."""
    if me is None:
        return false()
    heads = org.headships
    headed = select(heads.c.department_id).where(heads.c.employee_id == me, current(heads, today))
    return table.c.department_id.in_(headed)
