"""The procedure: metrics, schemes, cycles, targets, plans, and what past periods brought."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = """
CREATE TABLE metrics (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    document jsonb NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT metrics_key UNIQUE (tenant_id, key)
);
CREATE TABLE schemes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    department_ids uuid[] NOT NULL,
    position_ids uuid[] NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE scheme_versions (
    tenant_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    number integer NOT NULL,
    document jsonb NOT NULL,
    on_target_score numeric,
    effect text,
    published_at timestamptz,
    published_by text,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, scheme_id, number),
    FOREIGN KEY (tenant_id, scheme_id) REFERENCES schemes (tenant_id, id)
);
"""

CYCLES = """
CREATE TABLE cycles (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    plan_due_on date NOT NULL,
    late_policy text NOT NULL,
    confirmation_threshold numeric NOT NULL,
    history_mark numeric NOT NULL,
    growth numeric NOT NULL,
    phase text NOT NULL,
    opened_at timestamptz,
    frozen_at timestamptz,
    published_at timestamptz,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT cycles_name UNIQUE (tenant_id, name)
);
CREATE TABLE cycle_schemes (
    tenant_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    version integer NOT NULL,
    department_ids uuid[] NOT NULL,
    position_ids uuid[] NOT NULL,
    PRIMARY KEY (tenant_id, cycle_id, scheme_id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id),
    FOREIGN KEY (tenant_id, scheme_id, version) REFERENCES scheme_versions (tenant_id, scheme_id, number)
);
"""

TARGETS = """
CREATE TABLE targets (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    metric text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid,
    department_id uuid,
    value numeric,
    generated numeric,
    unassigned numeric NOT NULL,
    origin text NOT NULL,
    reason jsonb NOT NULL,
    override_reason text,
    proposed numeric,
    history jsonb NOT NULL,
    deviation numeric,
    far_off boolean NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT targets_subject UNIQUE NULLS NOT DISTINCT (tenant_id, cycle_id, metric, subject_kind, subject_id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
CREATE TABLE business_targets (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    source text NOT NULL,
    metric text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    value numeric NOT NULL,
    currency text,
    deleted boolean NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX business_targets_metric ON business_targets (tenant_id, metric, starts_on);
CREATE TABLE past_performances (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    sequence bigint NOT NULL,
    employee_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    metrics jsonb NOT NULL,
    total numeric,
    grade text,
    deleted boolean NOT NULL,
    PRIMARY KEY (tenant_id, record_id)
);
CREATE INDEX past_performances_employee ON past_performances (tenant_id, employee_id, starts_on);
"""

PLANS = """
CREATE TABLE plans (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    department_id uuid NOT NULL,
    state text NOT NULL,
    due_on date NOT NULL,
    weights jsonb NOT NULL,
    submitted_by uuid,
    submitted_at timestamptz,
    decided_by uuid,
    decided_at timestamptz,
    comment text,
    reminded_on date,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT plans_department UNIQUE (tenant_id, cycle_id, department_id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
"""
ISOLATED = (
    "metrics",
    "schemes",
    "scheme_versions",
    "cycles",
    "cycle_schemes",
    "targets",
    "business_targets",
    "past_performances",
    "plans",
)


def upgrade() -> None:
    for script in (RULES, CYCLES, TARGETS, PLANS):
        run_ddl(script)
    isolate_tenants(*ISOLATED)
