"""Second factors of accounts, with their secrets sealed."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE second_factors (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    secret bytea NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL,
    recovery_digests bytea[] NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("second_factors")
