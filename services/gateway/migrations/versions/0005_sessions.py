"""Sessions that refresh tokens carry on, and how often log-ins have failed."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    client_id uuid,
    methods text[] NOT NULL,
    token_digest bytea NOT NULL,
    previous_digest bytea,
    created_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX sessions_account ON sessions (tenant_id, account_id);
CREATE TABLE login_attempts (
    subject bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("sessions")
