"""The audit log: entries, whom they are about, where each tenant's chain ends, and how far it was signed for."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE audit_chains (
    tenant_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    digest bytea NOT NULL,
    first bigint NOT NULL,
    keep_days integer NOT NULL,
    signed_sequence bigint NOT NULL,
    signed_first bigint NOT NULL,
    unsigned_since timestamptz,
    waiting boolean NOT NULL,
    CONSTRAINT audit_chains_kept CHECK (keep_days >= 180)
);
CREATE TABLE audit_events (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint,
    digest bytea,
    service text NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor text NOT NULL,
    actor_kind text,
    actor_employee_id uuid,
    action text NOT NULL,
    outcome text NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    resource text NOT NULL,
    status smallint NOT NULL,
    code text,
    subjects uuid[] NOT NULL,
    rows integer,
    request_id text,
    client_address text,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX audit_events_sequence ON audit_events (tenant_id, sequence);
CREATE INDEX audit_events_unsealed ON audit_events (tenant_id, id) WHERE sequence IS NULL;
CREATE INDEX audit_events_time ON audit_events (tenant_id, occurred_at, id);
CREATE INDEX audit_events_actor ON audit_events (tenant_id, actor, occurred_at, id);
CREATE INDEX audit_events_action ON audit_events (tenant_id, action, occurred_at, id);
CREATE TABLE audit_subjects (
    tenant_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, employee_id, event_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES audit_events (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX audit_subjects_event ON audit_subjects (tenant_id, event_id);
CREATE TABLE audit_checkpoints (
    tenant_id uuid NOT NULL,
    sequence bigint NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);
CREATE INDEX audit_checkpoints_time ON audit_checkpoints (tenant_id, signed_at);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("audit_events", "audit_subjects", "audit_checkpoints")
