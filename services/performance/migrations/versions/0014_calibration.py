"""Sessions that calibrate the grades of a frozen cycle by hand, beside the computed results."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SESSIONS = """
CREATE TABLE calibration_sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    name text NOT NULL,
    department_id uuid,
    participants uuid[] NOT NULL,
    state text NOT NULL,
    opened_by text NOT NULL,
    closed_by text,
    closed_at timestamptz,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX calibration_sessions_cycle ON calibration_sessions (tenant_id, cycle_id, id);
CREATE TABLE calibration_adjustments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    state text NOT NULL,
    computed_total numeric,
    computed_grade text,
    before_total numeric,
    before_grade text,
    to_total numeric,
    to_grade text NOT NULL,
    reason text NOT NULL,
    role text NOT NULL,
    decided_by text NOT NULL,
    created_at timestamptz NOT NULL,
    reviewed_total numeric,
    reviewed_grade text,
    reviewed_by text,
    reviewed_at timestamptz,
    applied_at timestamptz,
    withdrawn_by text,
    withdrawn_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES calibration_sessions (tenant_id, id),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id)
);
CREATE INDEX calibration_adjustments_cycle ON calibration_adjustments (tenant_id, cycle_id, id);
CREATE INDEX calibration_adjustments_scorecard ON calibration_adjustments (tenant_id, scorecard_id);
CREATE UNIQUE INDEX calibration_adjustments_drafted ON calibration_adjustments (tenant_id, scorecard_id)
    WHERE state = 'drafted';
"""


def upgrade() -> None:
    run_ddl(SESSIONS)
    isolate_tenants("calibration_sessions", "calibration_adjustments")
