"""What scoring reads of the procedure, set-wise and without locks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Date, any_, bindparam, exists, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.cycle import MOVING, Cycle, Terms
from services.performance.domain.goals.cascade import Cascade
from services.performance.domain.goals.target import MeantFor
from services.performance.domain.leave import LeavePolicy
from services.performance.domain.reports.review import PastPeriod
from services.performance.domain.schemes.assignment import Assignment, FormerVersion, Version
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.rulebook import Rulebook, weights_by_version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.proration import Asked
from services.performance.store.repositories.targets import read_earlier
from services.performance.store.tables.base import org
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

YEARS_OF_HISTORY = 3


_days = func.unnest(bindparam("days", type_=ARRAY(Date))).column_valued("day")
_CYCLE = select(cycles).where(cycles.c.id == bindparam("cycle_id"))
_CYCLES_HOLDING = (
    select(cycles)
    .where(exists(select(_days).where(_days >= cycles.c.starts_on, _days < cycles.c.ends_on)))
    .order_by(cycles.c.id)
)
_CYCLES_HELD_STEADY = _CYCLES_HOLDING.with_for_update(read=True)
_METRICS = select(metrics.c.document)
_held = or_(
    scheme_versions.c.number == cycle_schemes.c.version,
    cycle_schemes.c.former.contains(
        func.jsonb_build_array(func.jsonb_build_object("number", scheme_versions.c.number))
    ),
)
_SCHEMES = (
    select(cycle_schemes, scheme_versions.c.number, scheme_versions.c.document)
    .join(scheme_versions, (scheme_versions.c.scheme_id == cycle_schemes.c.scheme_id) & _held)
    .where(cycle_schemes.c.cycle_id == bindparam("cycle_id"))
    .order_by(cycle_schemes.c.scheme_id, scheme_versions.c.number)
)
"""Every version that holds at some time of a cycle, each beside the whole assignment."""
_PLANS = select(plans.c.department_id, plans.c.state, plans.c.weights, plans.c.former_weights).where(
    plans.c.cycle_id == bindparam("cycle_id")
)
_at = org.employments.c.department_id.label("id")
_line = (
    select(_at)
    .where(org.employments.c.employee_id == any_(bindparam("employee_ids", type_=ARRAY(PG_UUID))))
    .cte("line", recursive=True)
)
_above = select(org.departments.c.parent_id).join(_line, org.departments.c.id == _line.c.id)
_PLANS_ABOVE = _PLANS.where(
    plans.c.department_id.in_(select(_line.union(_above.where(~org.departments.c.deleted)).c.id))
)
_ALL_TARGETS = select(
    func.coalesce(targets.c.subject_id, targets.c.tenant_id).label("subject_id"),
    *(targets.c[name] for name in ("metric", "value", "meant_for", "override_reason")),
    func.nullif(targets.c.earlier, literal([], JSONB), type_=JSONB).label("earlier"),
    targets.c.portion["weight"].astext.label("weight"),
).where(targets.c.cycle_id == bindparam("cycle_id"), targets.c.value.is_not(None))
_TARGETS = _ALL_TARGETS.where(
    or_(targets.c.subject_id == any_(bindparam("subject_ids", type_=ARRAY(PG_UUID))), targets.c.subject_id.is_(None)),
)
"""Built once: every batch of events asks these, and to build a statement takes longer than to answer it."""


class InputRepository:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def cycle(self, cycle_id: UUID) -> Cycle:
        row = (await self._tx.execute(_CYCLE, {"cycle_id": cycle_id})).mappings().one_or_none()
        if row is None:
            raise NotFound.of("cycle")
        return read_cycle(dict(row))

    async def cycles_holding(self, days: Collection[date], *, steady: bool = False) -> list[Cycle]:
        found = await self._tx.execute(_CYCLES_HELD_STEADY if steady else _CYCLES_HOLDING, {"days": list(days)})
        return [read_cycle(dict(row)) for row in found.mappings()]

    async def every_cycle(self) -> list[Cycle]:
        steady = select(cycles).order_by(cycles.c.id).with_for_update(read=True)
        return [read_cycle(dict(row)) for row in (await self._tx.execute(steady)).mappings()]

    async def running_cycles(self) -> list[Cycle]:
        moving = select(cycles).where(cycles.c.phase.in_(MOVING)).order_by(cycles.c.id)
        return [read_cycle(dict(row)) for row in (await self._tx.execute(moving)).mappings()]

    async def rulebook(self, cycle_id: UUID, *, employee_ids: Collection[UUID] | None = None) -> Rulebook:
        rows = (await self._tx.execute(_SCHEMES, {"cycle_id": cycle_id})).all()
        assignments = tuple({row.scheme_id: read_assignment(row) for row in rows}.values())
        schemes = await self._read_schemes(rows)
        plans_there = await self._plans(cycle_id, employee_ids)
        weights = {
            (plan.department_id, version): weights
            for plan in plans_there
            if plan.state == "approved"
            for version, weights in weights_by_version(
                plan.weights, plan.former_weights, assignments=assignments, schemes=schemes
            )
        }
        return Rulebook(assignments, schemes, weights, frozenset(plan.department_id for plan in plans_there))

    async def schemes(self, versions: Collection[Version]) -> Mapping[Version, Scheme]:
        table = scheme_versions
        wanted = tuple_(table.c.scheme_id, table.c.number).in_(list(versions))
        statement = select(table.c.scheme_id, table.c.number, table.c.document).where(wanted)
        return await self._read_schemes(await self._tx.execute(statement))

    async def targets(
        self, cycle_id: UUID, subject_ids: Collection[UUID] | None = None
    ) -> Mapping[UUID, Mapping[str, Asked]]:
        asked: dict[str, object] = {"cycle_id": cycle_id}
        if subject_ids is not None:
            asked["subject_ids"] = list(subject_ids)
        found: dict[UUID, dict[str, Asked]] = defaultdict(dict)
        rows = await self._tx.execute(_ALL_TARGETS if subject_ids is None else _TARGETS, asked)
        for subject_id, metric, *target in rows:
            found[subject_id][metric] = _asked(*target)
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

    async def _plans(self, cycle_id: UUID, employee_ids: Collection[UUID] | None) -> Sequence[Any]:
        """Read the plans of a cycle, or those of departments that some people are or were in, and of those above."""
        if employee_ids is None:
            return (await self._tx.execute(_PLANS, {"cycle_id": cycle_id})).all()
        asked = {"cycle_id": cycle_id, "employee_ids": list(employee_ids)}
        return (await self._tx.execute(_PLANS_ABOVE, asked)).all()

    async def _read_schemes(self, rows: Iterable[Any]) -> Mapping[Version, Scheme]:
        known = await self._metrics()
        return {(row.scheme_id, row.number): Scheme.accepted(row.document, metrics=known) for row in rows}

    async def _metrics(self) -> Mapping[str, Metric]:
        documents = (await self._tx.execute(_METRICS)).scalars()
        return {metric.key: metric for metric in map(Metric.from_document, documents)}


def _asked(
    value: Decimal,
    meant_for: MeantFor,
    override_reason: str | None,
    earlier: Sequence[Mapping[str, Any]] | None,
    weight: str,  # null, and not read, unless workdays divided it
) -> Asked:
    """Take what is set by hand for the person's own."""
    held = read_earlier(earlier) if earlier else ()
    if override_reason is not None:
        return Asked(value, "person", None, held)
    workdays = Fraction(weight) if meant_for == "workdays" else None
    return Asked(value, meant_for, workdays, held)


def _past(row: Any) -> PastPeriod:  # noqa: ANN401 -- a row of the driver
    actuals = {each["metric"]: Decimal(each["actual"]) for each in row.metrics if each["actual"] is not None}
    return PastPeriod(row.starts_on, row.ends_on, actuals, row.total, row.grade)


POLICIES = ("late_policy", "confirmation_threshold", "history_mark", "growth", "minimum_workdays", "fte", "positions")
"""Columns of a cycle that are policies of its terms, beside its `leave` and `cascade`."""


def read_assignment(row: Any) -> Assignment:  # noqa: ANN401 -- a row of the driver
    former = tuple(FormerVersion(each["number"], date.fromisoformat(each["until"])) for each in row.former)
    return Assignment(row.scheme_id, row.version, tuple(row.department_ids), tuple(row.position_ids), former)


def read_cycle(row: Row) -> Cycle:
    policies = {**{name: row[name] for name in POLICIES}, "leave": LeavePolicy.from_document(row["leave"])}
    policies["cascade"] = Cascade(**row["cascade"])
    terms = Terms(row["name"], Period(row["starts_on"], row["ends_on"]), row["plan_due_on"], **policies)
    stamps = {name: row[name] for name in ("created_at", "updated_at", "opened_at", "frozen_at", "published_at")}
    return Cycle(row["id"], terms, row["phase"], row["sequence"], **stamps)
