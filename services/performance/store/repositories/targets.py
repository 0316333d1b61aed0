"""Targets of cycles, written set-wise."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.goals.division import Portion
from services.performance.domain.goals.target import Goal, Held, Target, TargetKey
from services.performance.domain.goals.target_history import TargetMove
from services.performance.domain.goals.target_proposal import PastYear
from services.performance.domain.texts import Texts, exact_text
from services.performance.store.queries.within import within
from services.performance.store.repositories.in_cycle import InCycle
from services.performance.store.tables.procedure import targets
from shared.core.access import Reach
from shared.core.decimals import plain
from shared.core.paging import Row

_KEEP = """
INSERT INTO targets (
    tenant_id, cycle_id, id, metric, subject_kind, subject_id, department_id, value, generated, unassigned, origin,
    reason, override_reason, proposed, declined, history, deviation, far_off, meant_for, portion, earlier, sequence,
    created_at, updated_at
)
SELECT $1, $2, * FROM unnest(
    $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::numeric[], $9::numeric[], $10::numeric[],
    $11::text[], $12::jsonb[], $13::text[], $14::numeric[], $15::numeric[], $16::jsonb[], $17::numeric[],
    $18::boolean[], $19::text[], $20::jsonb[], $21::jsonb[], $22::bigint[], $23::timestamptz[], $24::timestamptz[]
)
ON CONFLICT (tenant_id, id) DO UPDATE SET
    department_id = excluded.department_id, value = excluded.value, generated = excluded.generated,
    unassigned = excluded.unassigned, origin = excluded.origin, reason = excluded.reason,
    override_reason = excluded.override_reason, proposed = excluded.proposed, declined = excluded.declined,
    history = excluded.history, deviation = excluded.deviation, far_off = excluded.far_off,
    meant_for = excluded.meant_for, portion = excluded.portion, earlier = excluded.earlier,
    sequence = excluded.sequence, updated_at = excluded.updated_at
"""
_REMEMBER = """
INSERT INTO target_moves (
    tenant_id, target_id, sequence, value, origin, cause, changed_by, reason, override_reason, changed_at,
    effective_on
)
SELECT $1, * FROM unnest(
    $2::uuid[], $3::bigint[], $4::numeric[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[],
    $10::timestamptz[], $11::date[]
)
"""


class TargetRepository(InCycle[Target]):
    table = targets
    entity = Target
    noun = "target"

    async def keep(self, cycle_id: UUID, changed: Sequence[Target]) -> None:
        if changed:
            columns = zip(*(self._values(target) for target in changed), strict=True)
            await (await self.tx.driver()).execute(_KEEP, self.tenant_id, cycle_id, *map(list, columns))

    async def remember(self, moves: Sequence[TargetMove]) -> None:
        if moves:
            columns = zip(*map(_move, moves), strict=True)
            await (await self.tx.driver()).execute(_REMEMBER, self.tenant_id, *map(list, columns))

    async def about(self, cycle_id: UUID, subject_ids: Collection[UUID]) -> Sequence[Target]:
        subjects = literal(list(subject_ids), ARRAY(PG_UUID))
        wanted = (targets.c.cycle_id == cycle_id, targets.c.subject_id == any_(subjects))
        statement = select(targets).where(*wanted).order_by(targets.c.metric, targets.c.subject_kind, targets.c.id)
        return [self.to_entity(dict(row)) for row in (await self.tx.execute(statement)).mappings()]

    async def within(self, reaches: Sequence[Reach], target_ids: Collection[UUID], *, today: date) -> frozenset[UUID]:
        reached = [within(targets, reach, today=today, employee=targets.c.subject_id) for reach in reaches]
        wanted = targets.c.id == any_(literal(list(target_ids), ARRAY(PG_UUID)))
        statement = select(targets.c.id).where(wanted, or_(targets.c.subject_kind == "company", and_(*reached)))
        return frozenset((await self.tx.execute(statement)).scalars())

    def to_entity(self, row: Row) -> Target:
        history = tuple(_year(year) for year in row["history"])
        goal = Goal(
            value=row["generated"],
            origin=row["origin"],
            reason=Texts(**row["reason"]),
            history=history,
            deviation=row["deviation"],
            far_off=row["far_off"],
            meant_for=row["meant_for"],
            portion=None if row["portion"] is None else read_portion(row["portion"]),
        )
        plain_names = ("id", "cycle_id", "department_id", "unassigned", "override_reason", "proposed", "declined")
        stamps = ("sequence", "created_at", "updated_at")
        return Target(
            key=TargetKey(row["metric"], row["subject_kind"], row["subject_id"]),
            goal=goal,
            earlier=read_earlier(row["earlier"]),
            override=row["value"] if row["override_reason"] is not None else None,
            **{name: row[name] for name in (*plain_names, *stamps)},
        )

    def _values(self, target: Target) -> tuple[Any, ...]:
        """Lay a target out in the order of the statement's columns."""
        goal, key = target.goal, target.key
        history = [year.to_document() for year in goal.history]
        return (
            *(target.id, key.metric, key.subject_kind, key.subject_id, target.department_id),
            *(target.value, goal.value, target.unassigned, goal.origin, _json(goal.reason.to_document())),
            *(target.override_reason, target.proposed, target.declined, _json(history)),
            *(goal.deviation, goal.far_off),
            *(goal.meant_for, None if goal.portion is None else _json(goal.portion.to_document())),
            _json([_written(held) for held in target.earlier]),
            *(target.sequence, target.created_at, target.updated_at),
        )


def _year(document: Mapping[str, Any]) -> PastYear:
    target = document.get("target")
    return PastYear(document["label"], Decimal(document["value"]), None if target is None else Decimal(target))


def _move(move: TargetMove) -> tuple[Any, ...]:
    """Lay a move out in the order of the statement's columns."""
    said = (move.changed_by, _json(move.reason.to_document()), move.override_reason, move.changed_at, move.effective_on)
    return (move.target_id, move.sequence, move.value, move.origin, move.cause, *said)


def _written(held: Held) -> dict[str, Any]:
    workdays = None if held.workdays is None else exact_text(held.workdays)
    return {
        "until": held.until.isoformat(),
        "value": plain(held.value),
        "meant_for": held.meant_for,
        "workdays": workdays,
    }


def read_earlier(documents: Sequence[Mapping[str, Any]]) -> tuple[Held, ...]:
    return tuple(
        Held(
            until=date.fromisoformat(each["until"]),
            value=Decimal(each["value"]),
            meant_for=each["meant_for"],
            workdays=None if each["workdays"] is None else Fraction(each["workdays"]),
        )
        for each in documents
    )


def read_portion(document: Mapping[str, Any]) -> Portion:
    weight, of = (Fraction(document[name]) for name in ("weight", "of"))
    return Portion(document["basis"], weight, of, document["instead"])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
