"""Plans of departments."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from services.performance.domain.cycle import MOVING
from services.performance.domain.goals.plan import OWED, Plan, PlanState
from services.performance.store.queries.within import within
from services.performance.store.repositories.in_cycle import InCycle
from services.performance.store.tables.procedure import cycles, plans
from shared.core.access import Reach


class PlanRepository(InCycle[Plan]):
    table = plans
    entity = Plan
    noun = "plan"

    async def add_all(self, drafts: Sequence[Plan]) -> None:
        if drafts:
            await self.tx.execute(
                insert(plans), [{"tenant_id": self.tenant_id, **self.to_row(each)} for each in drafts]
            )

    async def planned_departments(self, cycle_id: UUID) -> Collection[UUID]:
        statement = select(plans.c.department_id).where(plans.c.cycle_id == cycle_id)
        return set((await self.tx.execute(statement)).scalars())

    async def in_hand(self, states: Collection[PlanState], reach: Reach, *, today: date) -> Sequence[Plan]:
        reached = within(plans, reach, today=today)
        statement = select(plans).where(*self._in_states(states), reached).order_by(plans.c.due_on, plans.c.id)
        return [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]

    async def overdue(self, today: date) -> Sequence[Plan]:
        statement = select(plans).where(plans.c.due_on < today, *self._owed()).order_by(plans.c.id).with_for_update()
        return [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]

    async def remind(self, today: date, *, lead: timedelta) -> Sequence[Plan]:
        due = (plans.c.due_on <= today + lead, or_(plans.c.reminded_on.is_(None), plans.c.reminded_on < today))
        statement = update(plans).where(*due, *self._owed()).values(reminded_on=today).returning(plans)
        found = [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]
        return sorted(found, key=lambda plan: plan.id)

    def _owed(self) -> tuple[Any, ...]:
        """Admit plans whose department still owes a submission, in cycles that can be planned."""
        return self._in_states(OWED)

    def _in_states(self, states: Collection[PlanState]) -> tuple[Any, ...]:
        plannable = select(cycles.c.id).where(cycles.c.phase.in_(MOVING))
        return plans.c.state.in_(states), plans.c.cycle_id.in_(plannable)
