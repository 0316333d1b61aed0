"""Items that do not apply to somebody, as HR decided."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPLICABILITIES = """
CREATE TABLE applicabilities (
    tenant_id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    item text NOT NULL,
    applicable boolean NOT NULL,
    proposed boolean,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    decided_by text,
    sequence integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, scorecard_id, item),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id)
);
"""
ISOLATED = ("applicabilities",)


def upgrade() -> None:
    run_ddl(APPLICABILITIES)
    isolate_tenants(*ISOLATED)
