"""Cycles, targets and plans as routes read them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from services.performance.store.queries.within import compiler, within
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycles, plans, target_moves, targets
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries

_OWED = ("draft", "returned")


class GoalQueries(queries.Queries):
    async def cycles(self, page: PageRequest) -> Page:
        return await self.page(select(cycles), page, by=[cycles.c.id], updated=cycles.c.updated_at)

    async def cycle(self, cycle_id: UUID) -> Row:
        return await self.one(select(cycles).where(cycles.c.id == cycle_id), noun="cycle")

    async def targets(self, cycle_id: UUID, page: PageRequest, reach: Reach, **equals: str | UUID | None) -> Page:
        await self.cycle(cycle_id)
        given = [targets.c[name] == value for name, value in equals.items() if value is not None]
        shared = await self._shared(reach)
        statement = _targets(shared).where(targets.c.cycle_id == cycle_id, await self._reached(reach), *given)
        return await self.page(statement, page, by=[targets.c.id], updated=targets.c.updated_at)

    async def target_history(self, target_id: UUID, page: PageRequest, reach: Reach) -> Page:
        reached = await self._reached(reach)
        await self.one(select(targets.c.id).where(targets.c.id == target_id, reached), noun="target")
        statement = select(target_moves).where(target_moves.c.target_id == target_id)
        return await self.page(statement, page, by=[target_moves.c.sequence], updated=target_moves.c.changed_at)

    async def _reached(self, reach: Reach) -> ColumnElement[bool]:
        """Admit the company's targets, and those of whom the caller reaches."""
        reached = within(targets, reach, today=await self.today(), employee=targets.c.subject_id)
        return or_(targets.c.subject_kind == "company", reached)

    async def _shared(self, reach: Reach) -> ColumnElement[bool]:
        """Tell where everybody is reached among whom it was divided: a department's people, or the departments."""
        others, today = replace(reach, own=None), await self.today()
        table = org.departments
        beyond = select(table.c.id).where(
            ~table.c.deleted, ~compiler.predicate(others, today=today, department=table.c.id)
        )
        people = within(targets, others, today=today, employee=targets.c.subject_id)
        return or_(~beyond.exists(), and_(targets.c.subject_kind == "employee", people))

    async def plans(self, cycle_id: UUID, page: PageRequest, reach: Reach) -> Page:
        await self.cycle(cycle_id)
        statement = (await self.plans_within(reach)).where(plans.c.cycle_id == cycle_id)
        return await self.page(statement, page, by=[plans.c.id], updated=plans.c.updated_at)

    async def plans_within(self, reach: Reach) -> Select[Any]:
        """Select plans with their department's name, and whether they are late today."""
        today, departments = await self.today(), org.departments
        late = plans.c.state.in_(_OWED) & (plans.c.due_on < today)
        return (
            select(plans, late.label("late"), departments.c.name.label("department_name"))
            .outerjoin(departments, departments.c.id == plans.c.department_id)
            .where(within(plans, reach, today=today))
        )


def _targets(shared: ColumnElement[bool]) -> Select[Any]:
    """Select targets with the name of whom they are about, and the portion where it tells of nobody else."""
    people, departments = org.employees, org.departments
    columns = [column for column in targets.c if column is not targets.c.portion]
    portion = case((shared, targets.c.portion)).label("portion")
    return (
        select(*columns, portion, func.coalesce(people.c.name, departments.c.name).label("subject_name"))
        .outerjoin(people, people.c.id == targets.c.subject_id)
        .outerjoin(departments, departments.c.id == targets.c.subject_id)
    )
