"""Cycles, and which scheme versions hold in each."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text

from services.performance.domain.cycle import MOVING, Cycle
from services.performance.domain.schemes.assignment import Assignment
from services.performance.store.repositories.inputs import POLICIES, read_assignment, read_cycle
from services.performance.store.tables.procedure import cycle_schemes, cycles
from shared.core.paging import Row
from shared.core.periods import Period
from shared.kit.repository import Repository

_ALONE = text("SELECT pg_advisory_xact_lock(31, hashtext(current_setting('app.tenant')))")


class CycleRepository(Repository[Cycle]):
    table = cycles
    entity = Cycle
    noun = "cycle"

    def to_row(self, entity: Cycle) -> dict[str, Any]:
        terms = entity.terms
        names = ("id", "phase", "sequence", "created_at", "updated_at", "opened_at", "frozen_at", "published_at")
        return {
            **{name: getattr(entity, name) for name in names},
            **{name: getattr(terms, name) for name in ("name", "plan_due_on", *POLICIES)},
            "leave": terms.leave.to_document(),
            "cascade": asdict(terms.cascade),
            "starts_on": terms.period.starts_on,
            "ends_on": terms.period.ends_on,
        }

    def to_entity(self, row: Row) -> Cycle:
        return read_cycle(row)

    async def overlapping(self, period: Period) -> Sequence[Cycle]:
        await self.tx.execute(_ALONE)
        shared = (cycles.c.starts_on < period.ends_on, cycles.c.ends_on > period.starts_on)
        rows = (await self.tx.execute(select(cycles).where(*shared).order_by(cycles.c.id))).mappings()
        return [read_cycle(dict(row)) for row in rows]

    async def moving(self) -> Sequence[Cycle]:
        statement = select(cycles).where(cycles.c.phase.in_(MOVING)).order_by(cycles.c.id).with_for_update()
        return [read_cycle(dict(row)) for row in (await self.tx.execute(statement)).mappings()]

    async def assignments(self, cycle_id: UUID) -> Sequence[Assignment]:
        table = cycle_schemes
        rows = await self.tx.execute(select(table).where(table.c.cycle_id == cycle_id).order_by(table.c.scheme_id))
        return list(map(read_assignment, rows))

    async def assign(self, cycle_id: UUID, assignments: Sequence[Assignment]) -> None:
        await self.tx.execute(delete(cycle_schemes).where(cycle_schemes.c.cycle_id == cycle_id))
        if assignments:
            await self.tx.execute(insert(cycle_schemes), [self._pin(cycle_id, each) for each in assignments])

    def _pin(self, cycle_id: UUID, assignment: Assignment) -> dict[str, Any]:
        return {
            "tenant_id": self.tenant_id,
            "cycle_id": cycle_id,
            "scheme_id": assignment.scheme_id,
            "version": assignment.version,
            "department_ids": list(assignment.department_ids),
            "position_ids": list(assignment.position_ids),
            "former": [{"number": each.number, "until": each.until.isoformat()} for each in assignment.former],
        }
