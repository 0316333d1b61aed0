"""Stale sources as routes read them: on scorecards that move, and as tasks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Text, Uuid, cast, func, literal, null, select

from services.performance.domain.cycle import MOVING
from services.performance.store.tables.freshness import stale_sources
from services.performance.store.tables.procedure import cycles, metrics
from services.performance.usecases.goals.find_plan_tasks import MOST
from shared.core.paging import Row
from shared.kit import queries


class FreshnessQueries(queries.Queries):
    async def stale_metrics(self) -> Mapping[UUID, Mapping[str, date]]:
        """Tell since when each metric has a stale source, by cycle that still moves."""
        table = stale_sources.c
        since = func.min(table.stale_since).label("since")
        statement = (
            select(table.cycle_id, table.metric, since)
            .join(cycles, cycles.c.id == table.cycle_id)
            .where(cycles.c.phase.in_(MOVING))
            .group_by(table.cycle_id, table.metric)
        )
        found: dict[UUID, dict[str, date]] = defaultdict(dict)
        for row in await self.rows(statement):
            found[row["cycle_id"]][row["metric"]] = row["since"]
        return found

    async def stale_tasks(self) -> Sequence[Row]:
        """Give a task for each metric with a source to see after."""
        table = stale_sources.c
        statement = (
            select(
                literal("source.refresh").label("kind"),
                (literal("/v1/metrics/") + cast(metrics.c.id, Text)).label("link"),
                func.min(table.stale_since).label("due_on"),
                *(cast(null(), Uuid).label(name) for name in ("department_id", "employee_id")),
                *(cast(null(), Text).label(name) for name in ("department_name", "employee_name")),
            )
            .join(cycles, cycles.c.id == table.cycle_id)
            .join(metrics, metrics.c.key == table.metric)
            .where(cycles.c.phase.in_(MOVING))
            .group_by(metrics.c.id)
            .order_by(metrics.c.id)
            .limit(MOST)
        )
        return await self.rows(statement)
