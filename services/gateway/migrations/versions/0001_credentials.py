"""Accounts and API clients, on the common ground of every service and the organisation's copy."""

from shared.kit.migrations import create_kit_tables, isolate_tenants, run_ddl
from shared.kit.org.tables import ORG_DDL, ORG_TABLE_NAMES

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE accounts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    username text NOT NULL,
    password_hash text NOT NULL,
    employee_id uuid,
    roles text[] NOT NULL,
    hr_departments uuid[],
    active boolean NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT accounts_username UNIQUE (tenant_id, username)
);
CREATE INDEX accounts_login ON accounts (username);
CREATE TABLE api_clients (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    secret_digest bytea NOT NULL,
    scopes text[] NOT NULL,
    active boolean NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_clients_name UNIQUE (tenant_id, name),
    CONSTRAINT api_clients_id UNIQUE (id)
);
"""


def upgrade() -> None:
    create_kit_tables()
    run_ddl(ORG_DDL)
    isolate_tenants(*ORG_TABLE_NAMES)
    run_ddl(DDL)
