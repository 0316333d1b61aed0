"""How far a cycle has come: every department's plan, and how many scorecards are in which state."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from services.performance.store.queries.goals import GoalQueries
from services.performance.store.queries.within import within
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycles, plans
from services.performance.store.tables.scoring import scorecards
from shared.core.access import Reach
from shared.core.paging import Row
from shared.kit.org.reach import current


class ProgressQueries(GoalQueries):
    async def progress(self, cycle_id: UUID, reach: Reach) -> Row:
        """Count within the caller's reach only."""
        cycle = await self.cycle(cycle_id)
        departments = await self._departments(cycle_id, reach)
        states = Counter(row["state"] for row in departments)
        return {
            **cycle,
            "departments": departments,
            "plans": dict(states),
            "late": sum(row["late"] for row in departments),
            "scorecards": await self._scorecard_counts(cycle_id, reach),
        }

    async def cycle_overviews(self, reach: Reach, *, graded: bool) -> list[Row]:
        """Give the progress of every cycle that is not published, with the number of people by grade."""
        in_hand = select(cycles.c.id).where(cycles.c.phase != "published").order_by(cycles.c.starts_on, cycles.c.id)
        ids = [row["id"] for row in await self.rows(in_hand)]
        grades = {cycle_id: await self._grades(cycle_id, reach) if graded else None for cycle_id in ids}
        return [{**await self.progress(cycle_id, reach), "grades": grades[cycle_id]} for cycle_id in ids]

    async def _grades(self, cycle_id: UUID, reach: Reach) -> dict[str, int]:
        grade = func.coalesce(scorecards.c.grade, "ungraded").label("grade")
        statement = (
            select(grade, func.count().label("people"))
            .where(scorecards.c.cycle_id == cycle_id, within(scorecards, reach, today=await self.today()))
            .group_by(grade)
        )
        return {row["grade"]: row["people"] for row in await self.rows(statement)}

    async def _departments(self, cycle_id: UUID, reach: Reach) -> list[Row]:
        heads = _heads_today(await self.today()).label("heads")
        statement = (await self.plans_within(reach)).add_columns(heads).where(plans.c.cycle_id == cycle_id)
        rows = await self.rows(statement.order_by(plans.c.due_on, org.departments.c.code, plans.c.id))
        return [{**row, "plan_id": row["id"]} for row in rows]

    async def _scorecard_counts(self, cycle_id: UUID, reach: Reach) -> dict[str, int]:
        statement = (
            select(scorecards.c.status, func.count().label("people"))
            .where(scorecards.c.cycle_id == cycle_id, within(scorecards, reach, today=await self.today()))
            .group_by(scorecards.c.status)
        )
        return {row["status"]: row["people"] for row in await self.rows(statement)}


def _heads_today(today: date) -> ScalarSelect[Any]:
    """Gather who leads a plan's department today, acting ones included."""
    heads, people = org.headships, org.employees
    named = func.jsonb_build_object("employee_id", heads.c.employee_id, "name", people.c.name, "kind", heads.c.kind)
    return (
        select(func.coalesce(func.jsonb_agg(named), func.jsonb_build_array()))
        .select_from(heads)
        .outerjoin(people, people.c.id == heads.c.employee_id)
        .where(heads.c.department_id == plans.c.department_id, current(heads, today))
        .scalar_subquery()
    )
