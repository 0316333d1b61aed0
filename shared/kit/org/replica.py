"""Keeps the organisation's copy: whole documents, the higher sequence wins."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.kit.db import Transaction
from shared.kit.org.tables import OrgTables


class OrgReplica:
    """Writes the copy inside one tenant's transaction."""

    def __init__(self, tx: Transaction, tables: OrgTables, tenant_id: UUID) -> None:
        self._tx = tx
        self._tables = tables
        self._tenant_id = tenant_id

    async def keep_employee(self, event: EmployeeChanged) -> bool:
        """Keep a newer document of an employee; gives False for one already known or older."""
        row = {
            "id": event.employee_id,
            **event.model_dump(include={"sequence", "work_number", "name", "email", "joined_on", "left_on", "deleted"}),
            "leaves": [leave.model_dump(mode="json") for leave in event.leaves],
        }
        if not await self._keep(self._tables.employees, row):
            return False
        spells = [{"employee_id": event.employee_id, **spell.model_dump()} for spell in event.employments]
        await self._replace(self._tables.employments, "employee_id", event.employee_id, spells)
        return True

    async def keep_department(self, event: DepartmentChanged) -> bool:
        """Keep a newer document of a department; gives False for one already known or older."""
        row = {
            "id": event.department_id,
            **event.model_dump(include={"sequence", "code", "name", "parent_id", "deleted"}),
        }
        if not await self._keep(self._tables.departments, row):
            return False
        heads = [{"department_id": event.department_id, **head.model_dump()} for head in event.heads]
        await self._replace(self._tables.headships, "department_id", event.department_id, heads)
        return True

    async def keep_calendar(self, event: CalendarChanged) -> bool:
        """Keep a newer work calendar; gives False for one already known or older."""
        return await self._keep(self._tables.calendars, event.model_dump(mode="json"), key=("tenant_id",))

    async def _keep(self, table: Table, row: dict[str, Any], *, key: Sequence[str] = ("tenant_id", "id")) -> bool:
        statement = upsert(table).values(tenant_id=self._tenant_id, **row)
        changed = {name: statement.excluded[name] for name in row if name not in key}
        statement = statement.on_conflict_do_update(
            index_elements=list(key), set_=changed, where=table.c.sequence < statement.excluded.sequence
        )
        return (await self._tx.execute(statement)).rowcount == 1

    async def _replace(self, table: Table, owner: str, owner_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
        mine = (table.c.tenant_id == self._tenant_id, table.c[owner] == owner_id)
        await self._tx.execute(delete(table).where(*mine))
        if rows:
            await self._tx.execute(insert(table), [{"tenant_id": self._tenant_id, **row} for row in rows])
