"""What grades are held to and who calibrates them, as routes read it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Table, Text, and_, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.store.queries.within import within
from services.performance.store.repositories.calibration import read_policy
from services.performance.store.tables.calibration import calibration_adjustments, calibration_sessions
from services.performance.store.tables.procedure import cycle_departments, cycles
from services.performance.store.tables.scoring import scorecards
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest
from shared.kit import queries

_PUBLISHED = ("published", "revised")


class CalibrationQueries(queries.Queries):
    async def distribution_policy(self, cycle_id: UUID) -> DistributionPolicy:
        await self.one(select(cycles.c.id).where(cycles.c.id == cycle_id), noun="cycle")
        async with self.reading() as (tx, _):
            return await read_policy(tx, cycle_id)

    async def calibration_sessions(self, cycle_id: UUID, page: PageRequest, reach: Reach) -> Page:
        await self.one(select(cycles.c.id).where(cycles.c.id == cycle_id), noun="cycle")
        table = calibration_sessions
        reached = _all_within(reach, cycle_id, today=await self.today())
        statement = select(table).where(table.c.cycle_id == cycle_id, reached)
        return await self.page(statement, page, by=[table.c.id], updated=table.c.updated_at)


def _all_within(reach: Reach, cycle_id: UUID, *, today: date) -> ColumnElement[bool]:
    """Admit the sessions of a frozen cycle of whose people, by its own tree, the caller reaches all today."""
    own, then = calibration_sessions.c.department_id, cycle_departments.c
    if reach.everything:
        return true()
    roots = select(then.department_id.label("root"), then.department_id.label("at")).where(then.cycle_id == cycle_id)
    tree = roots.cte("counted", recursive=True)
    below = select(tree.c.root, then.department_id).where(then.parent_id == tree.c.at, then.cycle_id == cycle_id)
    counted = tree.union(below)
    reached = within(scorecards, replace(reach, own=None), today=today)
    beyond = select(scorecards.c.id).where(scorecards.c.cycle_id == cycle_id, ~reached)
    missed = beyond.where(counted.c.root == own, counted.c.at == scorecards.c.department_id)
    return and_(within(calibration_sessions, reach, today=today), ~missed.correlate(calibration_sessions).exists())


def calibrations_of(shown: Table, scorecard_id: ColumnElement[UUID]) -> Label[Any]:
    """Give a column for what holds over a published result, in order; null for others, of which nobody is told yet."""
    table = calibration_adjustments.c
    built = func.jsonb_build_object(
        *("session_id", table.session_id, "role", table.role, "reason", table.reason, "decided_at", table.created_at),
        *("total", cast(table.to_total, Text), "grade", table.to_grade),
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(built, table.applied_at)))
        .where(table.scorecard_id == scorecard_id, table.tenant_id == shown.c.tenant_id, table.state == "applied")
        .where(shown.c.status.in_(_PUBLISHED))
        .correlate(shown)
        .scalar_subquery()
        .label("calibrations")
    )
