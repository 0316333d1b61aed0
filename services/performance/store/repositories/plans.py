"""Plans of departments."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from services.performance.domain.goals.plan import Plan
from services.performance.store.repositories.in_cycle import InCycle
from services.performance.store.tables.procedure import cycles, plans

_OPEN = ("draft", "returned")
_PLANNABLE = ("planning", "running")


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
        plannable = select(cycles.c.id).where(cycles.c.phase.in_(_PLANNABLE))
        return plans.c.state.in_(_OPEN), plans.c.cycle_id.in_(plannable)
