"""Behind every predicate of ours stands the database's own: for each table, as the role each service runs as."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Executable, Table, delete, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from deploy.migrate import SERVICES
from shared.kit.db import Database
from shared.kit.holdings.tables import Holdings
from tests.contract.test_schema import exempt
from tests.integration.access.world.realm import World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("service", SERVICES)]
REFUSED = "row-level security"
BOUND_BY_THE_REQUEST = {
    "accounts",
    "api_clients",
    "audit_chains",
    "client_keys",
    "deliveries",
    "operation_queue",
    "tenants",
}
"""Tables with a tenant that are read before one is known, or across all of them; whoever adds one says why there."""


def closed(holdings: Holdings, service: str) -> Sequence[Table]:
    return [table for table in holdings.tables if table.name not in exempt(service)]


async def run(database: Database, statement: Executable, *, inside: UUID | None) -> Any:
    """Run a statement inside a tenant, or without any, and undo it."""
    async with database.transaction(inside) as tx:
        result = await tx.execute(statement)
        return result.scalar_one() if result.returns_rows else result.rowcount


async def is_refused(database: Database, statement: Executable, *, inside: UUID | None) -> bool:
    try:
        await run(database, statement, inside=inside)
    except ProgrammingError as error:
        return REFUSED in str(error)
    return False


def row_of(table: Table, tenant_id: UUID) -> Executable:
    """Insert a row of a tenant that has nothing else: the policy is asked before anything that might be missing."""
    return text(f'INSERT INTO "{table.name}" (tenant_id) VALUES (:owner)').bindparams(owner=tenant_id)  # noqa: S608


def rows_of(table: Table, tenant_id: UUID) -> Executable:
    return select(func.count()).select_from(table).where(table.c.tenant_id == tenant_id)


async def test_whoever_names_no_tenant_sees_and_writes_nothing(
    world: World, holdings: Mapping[str, Holdings], service: str
) -> None:
    database = holdings[service].database
    for table in closed(holdings[service], service):
        everything = select(func.count()).select_from(table)
        assert await run(database, everything, inside=None) == 0, table
        assert await run(database, update(table).values(tenant_id=table.c.tenant_id), inside=None) == 0, table
        assert await run(database, delete(table), inside=None) == 0, table
        for owner in (world.ours, world.theirs):
            assert await is_refused(database, row_of(table, owner.tenant_id), inside=None), table


async def test_whoever_is_inside_a_tenant_neither_sees_nor_touches_another(
    world: World, holdings: Mapping[str, Holdings], service: str
) -> None:
    database, ours, theirs = holdings[service].database, world.ours.tenant_id, world.theirs.tenant_id
    filled = 0
    for table in closed(holdings[service], service):
        of_theirs = table.c.tenant_id == theirs
        present = await run(database, rows_of(table, theirs), inside=theirs)
        filled += bool(present)
        assert await run(database, rows_of(table, ours), inside=ours) == present, table  # the realms look the same
        assert await run(database, rows_of(table, theirs), inside=ours) == 0, table
        assert await run(database, update(table).where(of_theirs).values(tenant_id=theirs), inside=ours) == 0, table
        assert await run(database, delete(table).where(of_theirs), inside=ours) == 0, table
        assert await is_refused(database, row_of(table, theirs), inside=ours), table
        given_away = update(table).values(tenant_id=theirs)
        assert not present or await is_refused(database, given_away, inside=ours), table
    assert filled > 2, "nothing was there to be seen"


async def test_only_listed_tables_are_bound_by_the_request_alone(
    holdings: Mapping[str, Holdings], service: str
) -> None:
    open_tables = {table.name for table in holdings[service].tables} & exempt(service)
    assert open_tables <= BOUND_BY_THE_REQUEST


async def test_nobody_can_lift_the_rule(holdings: Mapping[str, Holdings], service: str) -> None:
    """The role owns nothing, and neither bypasses row-level security nor may become somebody who does."""
    database = holdings[service].database
    connection = await database.listener()
    try:
        role = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = user"
        )
        owned = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE tableowner = user")
        member = await connection.fetchval(
            "SELECT count(*) FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = user)"
        )
    finally:
        await connection.close()
    assert (*role, owned, member) == (False, False, False, 0, 0)
