"""Observations that count, scorecards with the history of their results, runs, simulations, reports, follow-up."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OBSERVATIONS = """
CREATE TABLE observations (
    tenant_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    revision integer NOT NULL,
    subject_kind text NOT NULL,
    source text NOT NULL,
    remote_id text NOT NULL,
    measure text NOT NULL,
    value numeric NOT NULL,
    currency text,
    occurred_at timestamptz NOT NULL,
    credit_date date NOT NULL,
    cohort_date date,
    dimensions jsonb NOT NULL,
    retracted boolean NOT NULL,
    late boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (tenant_id, observation_id, subject_id, revision)
);
CREATE INDEX observations_credited ON observations (tenant_id, measure, subject_id, credit_date);
CREATE INDEX observations_cohort ON observations (tenant_id, measure, subject_id, cohort_date)
    WHERE cohort_date IS NOT NULL;
CREATE TABLE watermarks (
    tenant_id uuid NOT NULL,
    source text NOT NULL,
    measure text NOT NULL,
    complete_through date,
    declared_at timestamptz,
    PRIMARY KEY (tenant_id, source, measure)
);
"""

SCORES = """
CREATE TABLE score_runs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    cause_kind text NOT NULL,
    cause_reference text,
    scored integer NOT NULL,
    changed integer NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX score_runs_cycle ON score_runs (tenant_id, cycle_id, id);
CREATE TABLE scorecards (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    position_id uuid NOT NULL,
    scheme_id uuid,
    scheme_version integer,
    status text NOT NULL,
    sequence bigint NOT NULL,
    total numeric,
    grade text,
    result jsonb NOT NULL,
    input_hash text NOT NULL,
    scored_at timestamptz,
    frozen_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT scorecards_employee UNIQUE (tenant_id, cycle_id, employee_id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX scorecards_of_employee ON scorecards (tenant_id, employee_id);
CREATE TABLE results (
    tenant_id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    sequence bigint NOT NULL,
    run_id uuid NOT NULL,
    status text NOT NULL,
    scheme_id uuid,
    scheme_version integer,
    total numeric,
    grade text,
    result jsonb NOT NULL,
    input_hash text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, scorecard_id, sequence),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES score_runs (tenant_id, id)
);
CREATE TABLE simulations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    scheme_version integer NOT NULL,
    people jsonb NOT NULL,
    summary jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE INDEX simulations_cycle ON simulations (tenant_id, cycle_id, id);
"""

FOLLOW_UP = """
CREATE TABLE reports (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    sequence bigint NOT NULL,
    total numeric,
    grade text,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT reports_scorecard UNIQUE (tenant_id, scorecard_id),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id)
);
CREATE INDEX reports_cycle ON reports (tenant_id, cycle_id, id);
CREATE INDEX reports_employee ON reports (tenant_id, employee_id);
CREATE TABLE recommendations (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    rules jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id)
);
CREATE TABLE feedback (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    author_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id)
);
CREATE INDEX feedback_scorecard ON feedback (tenant_id, scorecard_id);
CREATE TABLE improvement_plans (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    scorecard_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    state text NOT NULL,
    goals jsonb NOT NULL,
    accepted_by uuid,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT improvement_plans_scorecard UNIQUE (tenant_id, scorecard_id),
    FOREIGN KEY (tenant_id, scorecard_id) REFERENCES scorecards (tenant_id, id)
);
"""
ISOLATED = (
    "observations",
    "watermarks",
    "score_runs",
    "scorecards",
    "results",
    "simulations",
    "reports",
    "recommendations",
    "feedback",
    "improvement_plans",
)


def upgrade() -> None:
    for script in (OBSERVATIONS, SCORES, FOLLOW_UP):
        run_ddl(script)
    isolate_tenants(*ISOLATED)
