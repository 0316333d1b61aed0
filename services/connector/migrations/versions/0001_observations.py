"""Connections, identities, observations and business targets, on the common ground and the organisation's copy."""

from shared.kit.migrations import create_kit_tables, isolate_tenants, run_ddl
from shared.kit.org.tables import ORG_DDL, ORG_TABLE_NAMES

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE connections (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    stale_after_hours integer,
    last_received_at timestamptz,
    stale_since timestamptz,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT connections_key UNIQUE (tenant_id, key)
);
CREATE TABLE identity_links (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    value text NOT NULL,
    employee_id uuid NOT NULL,
    starts_on date,
    ends_on date,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
CREATE INDEX identity_links_value ON identity_links (tenant_id, connection_id, value);
CREATE TABLE observations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    remote_id text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    fingerprint bytea NOT NULL,
    decision integer NOT NULL,
    status text NOT NULL,
    payload jsonb NOT NULL,
    measure text,
    value numeric,
    currency text,
    occurred_at timestamptz,
    credit_date date,
    cohort_date date,
    dimensions jsonb NOT NULL,
    late boolean NOT NULL,
    received_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    dismissed_by text,
    dismissal_reason text,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT observations_remote_id UNIQUE (tenant_id, connection_id, remote_id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
CREATE INDEX observations_day ON observations (tenant_id, connection_id, measure, credit_date);
CREATE INDEX observations_quarantined ON observations (tenant_id, id) WHERE status = 'quarantined';
CREATE TABLE observation_credits (
    tenant_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    position smallint NOT NULL,
    reference_kind text NOT NULL,
    reference text NOT NULL,
    fraction numeric NOT NULL,
    value numeric NOT NULL,
    subject_kind text,
    subject_id uuid,
    problem text,
    PRIMARY KEY (tenant_id, observation_id, position),
    FOREIGN KEY (tenant_id, observation_id) REFERENCES observations (tenant_id, id)
);
CREATE INDEX observation_credits_subject ON observation_credits (tenant_id, subject_id);
CREATE INDEX observation_credits_reference ON observation_credits (tenant_id, reference, reference_kind, subject_kind);
CREATE TABLE observation_history (
    tenant_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    decision integer NOT NULL,
    revision bigint NOT NULL,
    status text NOT NULL,
    payload jsonb NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, observation_id, decision),
    FOREIGN KEY (tenant_id, observation_id) REFERENCES observations (tenant_id, id)
);
CREATE TABLE tallies (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    measure text NOT NULL,
    credit_date date NOT NULL,
    duplicates bigint NOT NULL,
    corrections bigint NOT NULL,
    ignored bigint NOT NULL,
    PRIMARY KEY (tenant_id, connection_id, measure, credit_date),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
CREATE TABLE watermarks (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    measure text NOT NULL,
    complete_through date NOT NULL,
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, connection_id, measure),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
CREATE TABLE business_targets (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    remote_id text NOT NULL,
    metric text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    value numeric NOT NULL,
    currency text,
    sequence bigint NOT NULL,
    deleted boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT business_targets_remote_id UNIQUE (tenant_id, connection_id, remote_id),
    FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
"""


def upgrade() -> None:
    create_kit_tables()
    run_ddl(ORG_DDL)
    run_ddl(DDL)
    isolate_tenants(
        *ORG_TABLE_NAMES,
        "connections",
        "identity_links",
        "observations",
        "observation_credits",
        "observation_history",
        "tallies",
        "watermarks",
        "business_targets",
    )
