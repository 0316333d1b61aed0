"""Operators, and what they see of companies: how each is set up and whether it is open."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from services.gateway.domain.hosting.operator import Operator
from services.gateway.store.tables.base import kit
from services.gateway.store.tables.hosting import operators, tenant_erasures, tenant_suspensions
from shared.core.errors import Conflict, NotFound
from shared.core.paging import Page, PageRequest, Row
from shared.kit.db import Database
from shared.kit.queries import fetch_page

_FORGET_FOUNDING = text("DELETE FROM answers WHERE position(CAST(:id AS text) IN convert_from(body, 'UTF8')) > 0")


class Operators:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, operator_id: UUID) -> Operator | None:
        return next((each for each in await self.all() if each.id == operator_id), None)

    async def all(self) -> Sequence[Operator]:
        """List them, those whose key has ended too; there are few."""
        async with self._database.transaction() as tx:
            rows = (await tx.execute(select(operators).order_by(operators.c.id))).mappings()
            return [_operator(dict(row)) for row in rows]

    async def add(self, operator: Operator) -> None:
        """Raise Conflict (`already_exists`) where the name is taken."""
        async with self._database.transaction() as tx:
            try:
                await tx.execute(insert(operators).values(asdict(operator)))
            except IntegrityError:
                raise Conflict("already_exists", "An operator of this name exists already.") from None
            await tx.commit()

    async def save(self, operator: Operator) -> None:
        async with self._database.transaction() as tx:
            await tx.execute(update(operators).where(operators.c.id == operator.id).values(asdict(operator)))
            await tx.commit()

    async def forget_founding(self, tenant_id: UUID) -> None:
        """Delete the stored answers that tell operators of a company's founding."""
        for operator in await self.all():
            async with self._database.transaction(operator.id) as tx:
                await tx.execute(_FORGET_FOUNDING, {"id": str(tenant_id)})
                await tx.commit()


class Companies:
    """All companies of the installation, as operators see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, page: PageRequest) -> Page:
        async with self._database.transaction() as tx:
            return await fetch_page(tx, select(kit.tenants), page, by=[kit.tenants.c.id])

    async def one(self, tenant_id: UUID) -> Row:
        """Give a company, since when it is shut, and when it will be gone. Raises NotFound."""
        async with self._database.transaction(tenant_id) as tx:
            found = await tx.execute(select(kit.tenants).where(kit.tenants.c.id == tenant_id))
            row = found.mappings().one_or_none()
            if row is None:
                raise NotFound.of("company")
            shut = (await tx.execute(select(tenant_suspensions))).mappings().one_or_none()
            ordered = (await tx.execute(select(tenant_erasures))).mappings().one_or_none()
            return {**row, "suspension": dict(shut) if shut else None, "erasure": dict(ordered) if ordered else None}

    async def to_be_erased(self) -> Sequence[UUID]:
        """Name the suspended companies, of which some may be due to be erased."""
        async with self._database.transaction() as tx:
            shut = select(kit.tenants.c.id).where(kit.tenants.c.status == "suspended").order_by(kit.tenants.c.id)
            return (await tx.execute(shut)).scalars().all()


def _operator(row: Row) -> Operator:
    named = {field.name: row[field.name] for field in fields(Operator)}
    return Operator(**{**named, "duties": tuple(row["duties"])})
