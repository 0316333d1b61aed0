"""Identity links, and the directory of everybody a batch of references may mean."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select, text

from services.connector.domain.identity import Directory, IdentityLink, KnownEmployee, Reference, ReferenceKind
from services.connector.store.tables import identity_links, org
from shared.core.periods import FOREVER, Period
from shared.kit.repository import Repository

_SHARE = text("SELECT pg_advisory_xact_lock_shared(40, :key)")
_EXCLUDE = text("SELECT pg_advisory_xact_lock(40, :key)")
_LINKS = """
SELECT id, connection_id, value, employee_id, starts_on, ends_on, created_at
FROM identity_links WHERE tenant_id = $1 AND connection_id = $2 AND value = ANY($3::text[])
"""
_EMPLOYEES = """
SELECT employee.id, employee.work_number, spell.starts_on, spell.ends_on
FROM org_employees AS employee
LEFT JOIN org_employments AS spell ON spell.tenant_id = $1 AND spell.employee_id = employee.id
WHERE employee.tenant_id = $1 AND NOT employee.deleted
    AND (employee.work_number = ANY($2::text[]) OR employee.id = ANY($3::uuid[]))
"""
_DEPARTMENTS = """
SELECT code, id FROM org_departments
WHERE tenant_id = $1 AND NOT deleted AND (code = ANY($2::text[]) OR id = ANY($3::uuid[]))
"""


class IdentityRepository(Repository[IdentityLink]):
    """Links, under a lock of the tenant: readers of the directory share it, who changes identities has it alone.

    Otherwise a message could be put into quarantine in the very moment in which a link to release it is made, and
    neither would see the other.
    """

    table = identity_links
    entity = IdentityLink
    noun = "identity link"

    async def remove(self, link: IdentityLink) -> None:
        mine = (identity_links.c.tenant_id == self.tenant_id, identity_links.c.id == link.id)
        await self.tx.execute(delete(identity_links).where(*mine))

    async def change(self) -> None:
        await self.tx.execute(_EXCLUDE, {"key": self._lock})

    async def work_numbers(self, employee_ids: Collection[UUID]) -> Mapping[UUID, str]:
        known = org.employees.c
        statement = select(known.id, known.work_number).where(
            known.tenant_id == self.tenant_id, known.id.in_(employee_ids)
        )
        return {row.id: row.work_number for row in await self.tx.execute(statement)}

    async def directory(self, connection_id: UUID, references: Collection[Reference]) -> Directory:
        await self.tx.execute(_SHARE, {"key": self._lock})  # by itself: what is read next must not be older than it
        values: dict[ReferenceKind, list[str]] = defaultdict(list)
        for reference in references:
            values[reference.kind].append(reference.value)
        numbers, ids = values["employee_ref"], [UUID(value) for value in values["employee_id"]]
        codes, department_ids = values["department_code"], [UUID(value) for value in values["department_id"]]
        return Directory(
            links=await self._links(connection_id, numbers) if numbers else (),
            employees=await self._employees(numbers, ids) if numbers or ids else (),
            departments=await self._departments(codes, department_ids) if codes or department_ids else {},
        )

    @property
    def _lock(self) -> int:
        return zlib.crc32(self.tenant_id.bytes) >> 1

    async def _links(self, connection_id: UUID, values: Sequence[str]) -> list[IdentityLink]:
        rows = await (await self.tx.driver()).fetch(_LINKS, self.tenant_id, connection_id, values)
        return [IdentityLink(*row) for row in rows]

    async def _employees(self, numbers: Sequence[str], ids: Sequence[UUID]) -> list[KnownEmployee]:
        found: dict[tuple[UUID, str], list[Period]] = defaultdict(list)
        for row in await (await self.tx.driver()).fetch(_EMPLOYEES, self.tenant_id, numbers, ids):
            spells = found[row["id"], row["work_number"]]
            if row["starts_on"] is not None:
                spells.append(Period(row["starts_on"], row["ends_on"] or FOREVER))
        return [KnownEmployee(*key, spells) for key, spells in found.items()]

    async def _departments(self, codes: Sequence[str], ids: Sequence[UUID]) -> dict[str, UUID]:
        rows = await (await self.tx.driver()).fetch(_DEPARTMENTS, self.tenant_id, codes, ids)
        return {row["code"]: row["id"] for row in rows}
