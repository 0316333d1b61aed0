"""Cycles may be held to a forced distribution of grades."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

POLICIES = """
CREATE TABLE distribution_policies (
    tenant_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    document jsonb NOT NULL,
    sequence bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, cycle_id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
"""


def upgrade() -> None:
    run_ddl(POLICIES)
    isolate_tenants("distribution_policies")
