"""Which tenants were erased, and which are to be."""

from shared.kit.migrations import isolate_tenants, remember_erasures, run_ddl

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE tenant_erasures (
    tenant_id uuid PRIMARY KEY,
    ordered_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    by text NOT NULL
);
"""


def upgrade() -> None:
    remember_erasures()
    run_ddl(DDL)
    isolate_tenants("tenant_erasures")
