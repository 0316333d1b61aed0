"""What scoring reads of the procedure, set-wise and without locks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.assignment import Assignment
from services.performance.domain.cycle import Cycle, Terms
from services.performance.domain.metric import Metric
from services.performance.domain.review import PastPeriod
from services.performance.domain.rulebook import Rulebook
from services.performance.domain.scheme import Scheme
from services.performance.store.tables.procedure import (
    cycle_schemes,
    cycles,
    metrics,
    past_performances,
    plans,
    scheme_versions,
    targets,
)
from shared.core.errors import NotFound
from shared.core.paging import Row
from shared.core.periods import Period
from shared.kit.db import Transaction

_MOVING = ("planning", "running")
YEARS_OF_HISTORY = 3
_Plans = tuple[Mapping[tuple[UUID, UUID], Mapping[str, int]], frozenset[UUID]]
"""Weights by department and scheme, and the departments that plan."""


class InputRepository:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def cycle(self, cycle_id: UUID) -> Cycle:
        found = await self._cycles(select(cycles).where(cycles.c.id == cycle_id))
        if not found:
            raise NotFound.of("cycle")
        return found[0]

    async def cycles_holding(self, days: Collection[date], *, steady: bool = False) -> list[Cycle]:
        listed = literal(list(days), ARRAY(Date))
        day = func.unnest(listed).column_valued("day")
        held = exists(select(day).where(day >= cycles.c.starts_on, day < cycles.c.ends_on))
        statement = select(cycles).where(held)
        return await self._cycles(statement.with_for_update(read=True) if steady else statement)

    async def running_cycles(self) -> list[Cycle]:
        return await self._cycles(select(cycles).where(cycles.c.phase.in_(_MOVING)))

    async def rulebook(self, cycle_id: UUID) -> Rulebook:
        known = await self._metrics()
        statement = (
            select(cycle_schemes, scheme_versions.c.document)
            .join(
                scheme_versions,
                (scheme_versions.c.scheme_id == cycle_schemes.c.scheme_id)
                & (scheme_versions.c.number == cycle_schemes.c.version),
            )
            .where(cycle_schemes.c.cycle_id == cycle_id)
            .order_by(cycle_schemes.c.scheme_id)
        )
        rows = (await self._tx.execute(statement)).all()
        weights, planned = await self._plans(cycle_id)
        return Rulebook(
            assignments=tuple(
                Assignment(row.scheme_id, row.version, tuple(row.department_ids), tuple(row.position_ids))
                for row in rows
            ),
            schemes={(row.scheme_id, row.version): Scheme.from_document(row.document, metrics=known) for row in rows},
            weights=weights,
            planned=planned,
        )

    async def targets(self, cycle_id: UUID, subject_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Decimal]]:
        subject = func.coalesce(targets.c.subject_id, targets.c.tenant_id)
        people = literal(list(subject_ids), ARRAY(PG_UUID))
        statement = select(subject.label("subject_id"), targets.c.metric, targets.c.value).where(
            targets.c.cycle_id == cycle_id,
            or_(targets.c.subject_id == any_(people), targets.c.subject_id.is_(None)),
            targets.c.value.is_not(None),
        )
        found: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
        for row in await self._tx.execute(statement):
            found[row.subject_id][row.metric] = row.value
        return found

    async def past(self, employee_ids: Collection[UUID], *, before: date) -> Mapping[UUID, Sequence[PastPeriod]]:
        table, people = past_performances, literal(list(employee_ids), ARRAY(PG_UUID))
        earliest = before.replace(year=before.year - YEARS_OF_HISTORY, day=min(before.day, 28))
        statement = (
            select(table)
            .where(table.c.employee_id == any_(people), ~table.c.deleted)
            .where(table.c.starts_on >= earliest, table.c.ends_on <= before)
            .order_by(table.c.employee_id, table.c.starts_on, table.c.record_id)
        )
        found: dict[UUID, list[PastPeriod]] = defaultdict(list)
        for row in await self._tx.execute(statement):
            found[row.employee_id].append(_past(row))
        return found

    async def _cycles(self, statement: Select[Any]) -> list[Cycle]:
        found = await self._tx.execute(statement.order_by(cycles.c.id))
        return [read_cycle(dict(row)) for row in found.mappings()]

    async def _metrics(self) -> Mapping[str, Metric]:
        documents = (await self._tx.execute(select(metrics.c.document))).scalars()
        return {metric.key: metric for metric in map(Metric.from_document, documents)}

    async def _plans(self, cycle_id: UUID) -> _Plans:
        statement = select(plans.c.department_id, plans.c.state, plans.c.weights).where(plans.c.cycle_id == cycle_id)
        rows = (await self._tx.execute(statement)).all()
        weights = {
            (row.department_id, UUID(scheme_id)): own
            for row in rows
            if row.state == "approved"
            for scheme_id, own in row.weights.items()
        }
        return weights, frozenset(row.department_id for row in rows)


def _past(row: Any) -> PastPeriod:  # noqa: ANN401 -- a row of the driver
    actuals = {each["metric"]: Decimal(each["actual"]) for each in row.metrics if each["actual"] is not None}
    return PastPeriod(row.starts_on, row.ends_on, actuals, row.total, row.grade)


def read_cycle(row: Row) -> Cycle:
    policies = {name: row[name] for name in ("late_policy", "confirmation_threshold", "history_mark", "growth")}
    terms = Terms(row["name"], Period(row["starts_on"], row["ends_on"]), row["plan_due_on"], **policies)
    stamps = {name: row[name] for name in ("created_at", "updated_at", "opened_at", "frozen_at", "published_at")}
    return Cycle(row["id"], terms, row["phase"], row["sequence"], **stamps)
