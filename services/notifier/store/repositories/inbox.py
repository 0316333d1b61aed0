"""Notifications and reminder rules, and what the inbox remembers of plans, cycles and score runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import Insert, insert

from services.notifier.domain.digest import Digest
from services.notifier.domain.notification import Notification
from services.notifier.domain.plan import Plan
from services.notifier.domain.reminder import ReminderRule
from services.notifier.store.tables.inbox import cycles, digests, notifications, plans, reminder_rules
from shared.contracts.procedure import CycleChanged
from shared.core.paging import Row
from shared.kit.db import Transaction
from shared.kit.repository import Repository

_PUT = """
INSERT INTO notifications AS known
    (tenant_id, id, employee_id, kind, title, body, about, link, dedupe_key, created_at, updated_at)
SELECT $1, * FROM unnest(
    $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[]
)
ON CONFLICT (tenant_id, employee_id, dedupe_key) DO UPDATE
SET title = excluded.title, body = excluded.body, updated_at = excluded.updated_at, read_at = NULL
WHERE known.title <> excluded.title OR known.body <> excluded.body
"""


class NotificationRepository(Repository[Notification]):
    table = notifications
    entity = Notification
    noun = "notification"

    async def put(self, told: Collection[Notification]) -> None:
        latest = {(one.employee_id, one.dedupe_key): one for one in told}.values()
        if not latest:
            return
        names = [field.name for field in fields(Notification) if field.name != "read_at"]
        columns = [[getattr(one, name) for one in latest] for name in names]
        await (await self.tx.driver()).execute(_PUT, self.tenant_id, *columns)


class ReminderRuleRepository(Repository[ReminderRule]):
    table = reminder_rules
    entity = ReminderRule
    noun = "reminder rule"

    def to_entity(self, row: Row) -> ReminderRule:
        return super().to_entity({**row, "days_before_or_after": tuple(row["days_before_or_after"])})


class _Memory:
    """Base of what is kept from events and has no life of its own here."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    def _insert(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> Insert:
        return insert(table).values([{"tenant_id": self._tenant_id, **row} for row in rows])


class PlanMemory(_Memory):
    async def keep(self, told: Collection[Plan]) -> frozenset[UUID]:
        newest = {plan.id: plan for plan in sorted(told, key=lambda plan: plan.sequence)}
        if not newest:
            return frozenset()
        statement = self._insert(plans, map(asdict, newest.values()))
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_={name: statement.excluded[name] for name in ("sequence", "state", "due_on")},
            where=plans.c.sequence < statement.excluded.sequence,
        )
        return frozenset((await self._tx.execute(statement.returning(plans.c.id))).scalars())

    async def by_id(self, plan_ids: Collection[UUID]) -> Mapping[UUID, Plan]:
        columns = [plans.c[field.name] for field in fields(Plan)]
        statement = select(*columns).where(plans.c.tenant_id == self._tenant_id, plans.c.id.in_(plan_ids))
        return {row["id"]: Plan(**row) for row in (await self._tx.execute(statement)).mappings()}


class CycleMemory(_Memory):
    async def keep(self, event: CycleChanged) -> None:
        statement = self._insert(cycles, [{"id": event.cycle_id, "sequence": event.sequence, "name": event.name}])
        newer = {"sequence": statement.excluded.sequence, "name": statement.excluded.name}
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"], set_=newer, where=cycles.c.sequence < statement.excluded.sequence
        )
        await self._tx.execute(statement)

    async def names(self, cycle_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        statement = select(cycles.c.id, cycles.c.name).where(
            cycles.c.tenant_id == self._tenant_id, cycles.c.id.in_(list(cycle_ids))
        )
        return {row.id: row.name for row in await self._tx.execute(statement)}


class DigestMemory(_Memory):
    async def add(self, told: Collection[Digest]) -> Sequence[Digest]:
        if not told:
            return []
        keys = ("run_id", "department_id")
        names = [field.name for field in fields(Digest)]
        statement = self._insert(digests, map(asdict, told))
        summed = {name: digests.c[name] + statement.excluded[name] for name in names if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=["tenant_id", *keys], set_=summed)
        rows = await self._tx.execute(statement.returning(*(digests.c[name] for name in names)))
        return [Digest(**row) for row in rows.mappings()]
