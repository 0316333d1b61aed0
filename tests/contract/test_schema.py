"""The migrated database is what the tables declare, and each tenant's rows are closed to all others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, func, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

from deploy.migrate import SERVICES
from shared.kit.db import Database, Transaction
from shared.kit.migrations import alembic_config
from shared.kit.revisions import known_revisions
from shared.kit.tables import WITHOUT_ROW_SECURITY
from tests.factories.installation import Installation
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("service", SERVICES)]

_TABLES = """
SELECT relname AS name, relrowsecurity AS enabled, relforcerowsecurity AS forced,
       EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id') AS has_tenant
FROM pg_class WHERE relnamespace = to_regnamespace(:schema) AND relkind IN ('r', 'p')
"""
_POLICIES = "SELECT tablename, cmd, qual, with_check, permissive, roles FROM pg_policies WHERE schemaname = :schema"
_ACTIVE = "SELECT row_security_active(format('%I.%I', CAST(:schema AS text), CAST(:name AS text)))"
_ISOLATION = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"


async def test_files_of_migrations_tell_their_order(service: str) -> None:
    """By them programs know whether a database is behind, without loading what migrates it."""
    script = ScriptDirectory.from_config(alembic_config(service, admin_url="", owner=""))
    assert known_revisions(service) == [each.revision for each in script.walk_revisions()][::-1]


def tables_of(service: str) -> Any:
    return import_module(f"services.{service}.store.tables")


def exempt(service: str) -> frozenset[str]:
    """Name the tables of a service that no tenant predicate guards."""
    own: frozenset[str] = getattr(tables_of(service), "EXEMPT", frozenset())
    return own | WITHOUT_ROW_SECURITY


@asynccontextmanager
async def opened(url: str, service: str, tenant_id: UUID | None = None) -> AsyncIterator[Transaction]:
    database = Database(url, schema=service, pool_size=1)
    try:
        async with database.transaction(tenant_id) as tx:
            yield tx
    finally:
        await database.close()


async def test_the_database_is_what_the_tables_declare(installation: Installation, service: str) -> None:
    metadata: MetaData = tables_of(service).metadata

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with opened(installation.admin_url, service) as tx:
        assert await tx.connection.run_sync(differences) == []


async def test_every_table_with_a_tenant_is_closed_unless_listed(installation: Installation, service: str) -> None:
    async with opened(installation.admin_url, service) as tx:
        tables = (await tx.execute(text(_TABLES), {"schema": service})).all()
    guarded = {table.name for table in tables if table.enabled and table.forced}
    assert {table.name for table in tables if not table.has_tenant} <= exempt(service)
    assert guarded == {table.name for table in tables} - exempt(service)


async def test_all_are_closed_by_the_same_rule(installation: Installation, service: str) -> None:
    async with opened(installation.admin_url, service) as tx:
        policies = (await tx.execute(text(_POLICIES), {"schema": service})).all()
    names = [policy.tablename for policy in policies]
    assert sorted(names) == sorted(set(tables_of(service).metadata.tables) - exempt(service))
    rules = {(policy.cmd, policy.qual, policy.with_check, *policy.roles) for policy in policies}
    assert rules == {("ALL", _ISOLATION, _ISOLATION, "public")}


async def test_the_rule_holds_for_the_role_the_service_runs_as(installation: Installation, service: str) -> None:
    closed = set(tables_of(service).metadata.tables) - exempt(service)
    async with opened(installation.urls[service], service) as tx:
        for name in closed:
            active = await tx.execute(text(_ACTIVE), {"schema": service, "name": name})
            assert active.scalar_one(), name
            seen = await tx.execute(select(func.count()).select_from(tables_of(service).metadata.tables[name]))
            assert seen.scalar_one() == 0, name


async def test_rows_show_inside_their_tenant_alone(installation: Installation, service: str) -> None:
    answers, url = tables_of(service).metadata.tables["answers"], installation.urls[service]
    mine, other = make_tenant().tenant_id, make_tenant().tenant_id
    row = {
        "tenant_id": mine,
        "caller": "me",
        "key": "k",
        "fingerprint": b"",
        "status": 200,
        "headers": b"",
        "body": b"",
    }
    async with opened(url, service, mine) as tx:
        await tx.execute(insert(answers).values(row))
        await tx.commit()
    for tenant_id, seen in ((mine, ["k"]), (other, []), (None, [])):
        async with opened(url, service, tenant_id) as tx:
            assert list((await tx.execute(select(answers.c.key))).scalars()) == seen


async def test_nobody_writes_into_another_tenant(installation: Installation, service: str) -> None:
    answers = tables_of(service).metadata.tables["answers"]
    mine, other = make_tenant().tenant_id, make_tenant().tenant_id
    row = {
        "tenant_id": other,
        "caller": "x",
        "key": "k",
        "fingerprint": b"",
        "status": 200,
        "headers": b"",
        "body": b"",
    }
    async with opened(installation.urls[service], service, mine) as tx:
        with pytest.raises(ProgrammingError, match="row-level security"):
            await tx.execute(insert(answers).values(row))
