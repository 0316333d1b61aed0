"""How far a cycle has come: every department's plan, and how many scorecards are in which state."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ScalarSelect, cast, func, select, true

from services.performance.store.queries.goals import GoalQueries
from services.performance.store.queries.within import person_within, within
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

    async def cycle_overviews(self, reach: Reach, *, graded: bool, away: Reach) -> list[Row]:
        """Give the progress of every cycle that is not published, with people by grade, and by leave it does not name.

        Within `away` the caller may know why people are away.
        """
        in_hand = select(cycles).where(cycles.c.phase != "published").order_by(cycles.c.starts_on, cycles.c.id)
        return [
            {
                **await self.progress(cycle["id"], reach),
                "grades": await self._grades(cycle["id"], reach) if graded else None,
                "unlisted_leave": await self._unlisted_leave(cycle, away),
            }
            for cycle in await self.rows(in_hand)
        ]

    async def _unlisted_leave(self, cycle: Row, reach: Reach) -> dict[str, int] | None:
        """Count people of whom the caller may know why they are away; None where that is nobody."""
        if reach.nothing:
            return None
        people = org.employees.c
        leave = func.jsonb_array_elements(people.leaves).table_valued("value").alias("leave").c.value
        kind, starts_on, ends_on = (leave.op("->>")(name) for name in ("kind", "starts_on", "ends_on"))
        days = (cast(starts_on, Date) < cycle["ends_on"], cast(ends_on, Date) > cycle["starts_on"])
        statement = (
            select(kind.label("kind"), func.count(people.id.distinct()).label("people"))
            .select_from(org.employees)
            .join(leave.table, true())
            .where(kind.not_in(cycle["leave"]["kinds"]), *days, ~people.deleted)
            .where(person_within(reach, today=await self.today()))
            .group_by(kind)
            .order_by(kind)
        )
        return {row["kind"]: row["people"] for row in await self.rows(statement)}

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
