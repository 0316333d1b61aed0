"""What migrations share: the common tables, row-level security, and the Alembic environment of every service."""

import asyncio
from pathlib import Path

from alembic import context, op
from alembic.config import Config
from sqlalchemy import MetaData, pool, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

KIT_DDL = """
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    zone text NOT NULL,
    currency text NOT NULL,
    locale text NOT NULL,
    sandbox boolean NOT NULL,
    clock_offset_seconds bigint NOT NULL
);
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received ON inbox (received_at);
CREATE TABLE answers (
    tenant_id uuid NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    headers bytea NOT NULL,
    body bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, caller, key)
);
"""

PLACES_DDL = """
ALTER TABLE outbox ADD COLUMN headers jsonb, ADD COLUMN partition integer, ADD COLUMN "offset" bigint;
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
CREATE TABLE outbox_reach (
    topic text NOT NULL,
    partition integer NOT NULL,
    log_id text NOT NULL,
    next bigint NOT NULL,
    floor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
)
"""
"""Where on the bus each published row lies, and how far the bus was known to reach."""


REVOCATIONS_DDL = """
CREATE TABLE revocations (
    principal text NOT NULL,
    session text NOT NULL,
    revoked_at timestamptz NOT NULL,
    PRIMARY KEY (principal, session)
)
"""


ERASURES_DDL = """
CREATE TABLE erasures (
    digest bytea PRIMARY KEY,
    tenant uuid,
    ordered_at timestamptz NOT NULL,
    known_at timestamptz,
    erased_at timestamptz
)
"""
"""Which tenants are erased: by a digest of the id, and by the id itself only as long as there is something left."""


def run_ddl(script: str) -> None:
    """Run a script of plain statements, one by one (the driver prepares single statements only)."""
    for statement in script.split(";"):
        if statement.strip():
            op.execute(text(statement.replace(":", r"\:")))


def create_kit_tables() -> None:
    run_ddl(KIT_DDL)
    isolate_tenants("answers")


def remember_places() -> None:
    """Let the outbox remember where its rows were published."""
    run_ddl(PLACES_DDL)


def remember_revocations() -> None:
    """Let a service know whose tokens it accepts no longer."""
    run_ddl(REVOCATIONS_DDL)


def remember_erasures() -> None:
    """Let a service know whose rows it has erased, or has yet to."""
    run_ddl(ERASURES_DDL)


def isolate_tenants(*tables: str) -> None:
    """Put tables under row-level security by tenant, for their owner as well."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant_isolation ON {table} "
            "USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid) "
            "WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid)",
        )


def alembic_config(service: str, *, admin_url: str, owner: str) -> Config:
    """Point Alembic at one service's migrations, its schema and the role that shall own what they make."""
    config = Config()
    folder = Path(__file__).parents[2] / "services" / service / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes.update(admin_url=admin_url, owner=owner, schema=service)
    return config


def run_environment(metadata: MetaData) -> None:
    """Be the whole of a service's `migrations/env.py`."""
    asyncio.run(_run_async(metadata))


async def _run_async(metadata: MetaData) -> None:
    engine = create_async_engine(context.config.attributes["admin_url"], poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run, metadata)
        await connection.commit()
    await engine.dispose()


def _run(connection: Connection, metadata: MetaData) -> None:
    attributes = context.config.attributes
    connection.execute(text(f'SET ROLE "{attributes["owner"]}"'))
    connection.execute(text(f'SET search_path TO "{attributes["schema"]}"'))
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
