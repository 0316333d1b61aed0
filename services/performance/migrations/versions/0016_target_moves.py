"""Targets remember the values they had."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOVES = """
CREATE TABLE target_moves (
    tenant_id uuid NOT NULL,
    target_id uuid NOT NULL,
    sequence bigint NOT NULL,
    value numeric,
    origin text NOT NULL,
    cause text NOT NULL,
    changed_by text,
    reason jsonb NOT NULL,
    override_reason text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, target_id, sequence),
    FOREIGN KEY (tenant_id, target_id) REFERENCES targets (tenant_id, id)
);
ALTER TABLE targets NO FORCE ROW LEVEL SECURITY;
INSERT INTO target_moves
SELECT tenant_id, id, sequence, value, CASE WHEN override_reason IS NULL THEN origin ELSE 'manual' END,
    CASE WHEN override_reason IS NULL THEN 'generated' ELSE 'overridden' END, NULL, reason, override_reason, updated_at
FROM targets;
ALTER TABLE targets FORCE ROW LEVEL SECURITY;
"""
"""What was before is not known; what stands is the first of its history."""


def upgrade() -> None:
    run_ddl(MOVES)
    isolate_tenants("target_moves")
