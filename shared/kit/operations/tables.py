"""Tables of long work, for every service that has some; `create_operation_tables` creates the same ones."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, MetaData, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.kit.migrations import isolate_tenants, run_ddl

QUEUE = "operation_queue"
"""Stands outside row-level security: one worker serves all tenants. It holds ids, kinds and times, nothing else."""
OPERATIONS_DDL = """
CREATE TABLE operations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    parameters jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    state text NOT NULL,
    done bigint NOT NULL,
    total bigint,
    attempts smallint NOT NULL,
    cancel_requested boolean NOT NULL,
    result text,
    problem jsonb,
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE operation_queue (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    due_at timestamptz NOT NULL,
    lease_token uuid,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX operation_queue_due ON operation_queue (due_at);
"""


@dataclass(frozen=True, slots=True)
class OperationTables:
    operations: Table
    queue: Table


def operation_tables(metadata: MetaData) -> OperationTables:
    """Declare the tables on a service's metadata."""
    return OperationTables(operations=_operations(metadata), queue=_queue(metadata))


def _operations(metadata: MetaData) -> Table:
    return Table(
        "operations",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("id", UUID, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("parameters", JSONB, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
        Column("state", Text, nullable=False),
        Column("done", BigInteger, nullable=False),
        Column("total", BigInteger),
        Column("attempts", SmallInteger, nullable=False),
        Column("cancel_requested", Boolean, nullable=False),
        Column("result", Text),
        Column("problem", JSONB(none_as_null=True)),
        Column("started_at", DateTime(timezone=True)),
        Column("finished_at", DateTime(timezone=True)),
    )


def _queue(metadata: MetaData) -> Table:
    """Say what is due to be taken: at once, or, while somebody works on it, once the lease has run out."""
    return Table(
        QUEUE,
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("id", UUID, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("due_at", DateTime(timezone=True), nullable=False),
        Column("lease_token", UUID),
        Index("operation_queue_due", "due_at"),
    )


def create_operation_tables() -> None:
    """Be the whole of the migration of a service that gets long work."""
    run_ddl(OPERATIONS_DDL)
    isolate_tenants("operations")
