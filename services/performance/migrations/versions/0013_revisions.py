"""Revisions of published results; results say what had arrived when they were made."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REVISIONS = """
CREATE TABLE revisions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    state text NOT NULL,
    previous jsonb NOT NULL,
    result jsonb NOT NULL,
    lines jsonb NOT NULL,
    input_hash text NOT NULL,
    counted_until timestamptz NOT NULL,
    reason text,
    decided_by text,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX revisions_scorecard ON revisions (tenant_id, scorecard_id, id);
CREATE INDEX revisions_cycle ON revisions (tenant_id, cycle_id, id);
CREATE UNIQUE INDEX revisions_proposed ON revisions (tenant_id, scorecard_id) WHERE state = 'proposed';
CREATE INDEX observations_late ON observations (tenant_id, recorded_at) WHERE late;
"""
COUNTED_UNTIL = """
ALTER TABLE results ADD COLUMN frozen_at timestamptz;
ALTER TABLE results NO FORCE ROW LEVEL SECURITY;
ALTER TABLE scorecards NO FORCE ROW LEVEL SECURITY;
UPDATE results SET frozen_at = scorecards.frozen_at FROM scorecards
WHERE (scorecards.tenant_id, scorecards.id) = (results.tenant_id, results.scorecard_id)
    AND results.status <> 'provisional';
ALTER TABLE results FORCE ROW LEVEL SECURITY;
ALTER TABLE scorecards FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    run_ddl(REVISIONS)
    isolate_tenants("revisions")
    run_ddl(COUNTED_UNTIL)
