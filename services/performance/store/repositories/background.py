"""What other services say about goals: business targets, and what people reached in the past."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select
from sqlalchemy.dialects.postgresql import insert

from services.performance.domain.goals.business_target import BusinessTarget
from services.performance.domain.goals.history import PastResult
from services.performance.domain.goals.target import TargetKey
from services.performance.store.tables.procedure import business_targets, past_performances
from shared.contracts.observations import BusinessTargetChanged
from shared.contracts.records import RecordChanged
from shared.core.periods import Period
from shared.kit.db import Transaction


class BackgroundRepository:
    """Keeps whole documents, of which the higher sequence wins, and reads them beside a cycle."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def keep_business_target(self, event: BusinessTargetChanged) -> Sequence[Period]:
        row = {"id": event.business_target_id, **event.model_dump(exclude={"business_target_id"})}
        former = await self._days(business_targets.c.id, event.business_target_id)
        return await self._keep(business_targets, row, key="id", former=former)

    async def business_targets(self, period: Period) -> Mapping[TargetKey, Sequence[BusinessTarget]]:
        table = business_targets
        statement = select(table).where(
            ~table.c.deleted, table.c.starts_on < period.ends_on, table.c.ends_on > period.starts_on
        )
        found: dict[TargetKey, list[BusinessTarget]] = defaultdict(list)
        for row in await self._tx.execute(statement.order_by(table.c.id)):
            key = TargetKey(row.metric, row.subject_kind, row.subject_id)
            found[key].append(BusinessTarget(row.id, key, Period(row.starts_on, row.ends_on), row.value, row.currency))
        return found

    async def keep_past_performance(self, event: RecordChanged) -> Sequence[Period]:
        past, former = event.performance, await self._days(past_performances.c.record_id, event.record_id)
        row = {"record_id": event.record_id, "sequence": event.sequence, "employee_id": event.employee_id}
        if past is not None:
            kept = past.model_dump(mode="json", include={"metrics"})
            spell = {"starts_on": past.starts_on, "ends_on": past.ends_on, "total": past.total, "grade": past.grade}
            row |= {**kept, **spell, "deleted": event.deleted}
        elif former is not None or event.sequence > 1:  # what it was before may yet be told
            days = former or Period(event.occurred_on, event.occurred_on + timedelta(days=1))
            row |= {**asdict(days), "metrics": [], "deleted": True}
        else:
            return ()
        return await self._keep(past_performances, row, key="record_id", former=former)

    async def past_results(self, period: Period) -> Mapping[tuple[UUID, str], Sequence[PastResult]]:
        """Give what was reached in a period by employee and metric; of two records of one period the newer counts."""
        table = past_performances
        statement = select(table).where(
            ~table.c.deleted, table.c.starts_on < period.ends_on, table.c.ends_on > period.starts_on
        )
        found: dict[tuple[UUID, str], dict[Period, PastResult]] = defaultdict(dict)
        for row in await self._tx.execute(statement.order_by(table.c.record_id)):
            spell = Period(row.starts_on, row.ends_on)
            for metric in row.metrics:
                if metric["actual"] is not None:
                    found[row.employee_id, metric["metric"]][spell] = _result(spell, metric)
        return {who: list(results.values()) for who, results in found.items()}

    async def _days(self, key: Column[UUID], value: UUID) -> Period | None:
        """Give the days that a document is about as it is known."""
        statement = select(key.table.c.starts_on, key.table.c.ends_on).where(key == value)
        row = (await self._tx.execute(statement)).one_or_none()
        return None if row is None else Period(row.starts_on, row.ends_on)

    async def _keep(self, table: Table, row: Mapping[str, Any], *, key: str, former: Period | None) -> Sequence[Period]:
        """Give the days that it is about now, and those it was about, which have lost it."""
        statement = insert(table).values(tenant_id=self._tenant_id, **row)
        changed = {name: statement.excluded[name] for name in row if name != key}
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", key], set_=changed, where=table.c.sequence < statement.excluded.sequence
        )
        if not (await self._tx.execute(statement)).rowcount:
            return ()
        days = Period(row["starts_on"], row["ends_on"])
        return (days,) if former is None else (days, former)


def _result(spell: Period, metric: Mapping[str, Any]) -> PastResult:
    target = metric["target"]
    return PastResult(spell, Decimal(metric["actual"]), None if target is None else Decimal(target))
