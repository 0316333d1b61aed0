"""The inbox, reminder rules, and what the inbox remembers of cycles, plans and score runs."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE notifications (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    about text NOT NULL,
    link text NOT NULL,
    dedupe_key text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT notifications_dedupe UNIQUE (tenant_id, employee_id, dedupe_key)
);
CREATE INDEX notifications_inbox ON notifications (tenant_id, employee_id, id);
CREATE TABLE reminder_rules (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    task text NOT NULL,
    days_before_or_after smallint[] NOT NULL,
    enabled boolean NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT reminder_rules_task UNIQUE (tenant_id, task)
);
CREATE TABLE cycles (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE plans (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    department_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    state text NOT NULL,
    due_on date NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE digests (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    department_id uuid NOT NULL,
    changed integer NOT NULL,
    before_count integer NOT NULL,
    before_sum numeric NOT NULL,
    after_count integer NOT NULL,
    after_sum numeric NOT NULL,
    PRIMARY KEY (tenant_id, run_id, department_id)
);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("notifications", "reminder_rules", "cycles", "plans", "digests")
