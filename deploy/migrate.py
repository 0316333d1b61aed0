"""`steelyard migrate`: roles, schemas and every service's migrations, under one advisory lock."""

import asyncio
from collections.abc import Mapping

import asyncpg
from alembic import command
from alembic.util import CommandError

from deploy.errors import DeployError
from shared.kit.bus.postgres import log as bus
from shared.kit.migrations import alembic_config

SERVICES = ("archive", "connector", "performance", "notifier", "gateway")
OWNER = "steelyard_owner"
_LOCK = 0x57EE1


def runtime_role(service: str) -> str:
    """Name the role a service runs as; it owns nothing."""
    return f"steelyard_{service}"


async def migrate(admin_url: str, *, passwords: Mapping[str, str]) -> None:
    """Bring a database to the newest schema; safe to run at any time and by several at once.

    `passwords` gives each service's runtime role its password, and that of the bus under `bus`.
    """
    dsn = admin_url.replace("postgresql+asyncpg://", "postgresql://", 1)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _create_role(connection, OWNER, password=None)
        for name in (*SERVICES, bus.SCHEMA):
            await _prepare_schema(connection, name, passwords[name])
        await connection.execute(bus.DDL)
        for service in SERVICES:
            await asyncio.to_thread(_upgrade, admin_url, service)
        for name in (*SERVICES, bus.SCHEMA):
            await connection.execute(_grants(name))
    finally:
        await connection.close()


async def _prepare_schema(connection: asyncpg.Connection, service: str, password: str) -> None:
    await _create_role(connection, runtime_role(service), password=password)
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {OWNER}")


async def _create_role(connection: asyncpg.Connection, role: str, *, password: str | None) -> None:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f"CREATE ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")
    if password is not None:
        quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD {quoted}")


def _grants(service: str) -> str:
    role = runtime_role(service)
    return (
        f"GRANT USAGE ON SCHEMA {service} TO {role};"
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} TO {role};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {service} TO {role}"
    )


def _upgrade(admin_url: str, service: str) -> None:
    """Run one service's migrations as the owner role (Alembic wants a thread without a running loop).

    Raises DeployError where a newer version has been there.
    """
    try:
        command.upgrade(alembic_config(service, admin_url=admin_url, owner=OWNER), "head")
    except CommandError as error:
        raise DeployError(
            f"The schema of {service} is another version's ({error}). Run that one, or restore a backup from before."
        ) from None
