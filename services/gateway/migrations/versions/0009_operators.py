"""Operators with keys of their own, and since when a company is shut."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE operators (
    id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT operators_name UNIQUE,
    duties text[] NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE TABLE tenant_suspensions (
    tenant_id uuid PRIMARY KEY,
    since timestamptz NOT NULL,
    reason text NOT NULL,
    by text NOT NULL
);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("tenant_suspensions")
