"""Webhook endpoints, what is told to them, and the queue of deliveries."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE endpoints (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    url text NOT NULL,
    event_types text[] NOT NULL,
    payload text NOT NULL,
    description text,
    enabled boolean NOT NULL,
    disabled_reason text,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE secrets (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    value bytea NOT NULL,
    not_after timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES endpoints (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX secrets_endpoint ON secrets (tenant_id, endpoint_id);
CREATE TABLE messages (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    payload text NOT NULL,
    body bytea NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id, payload)
);
CREATE INDEX messages_stored ON messages (tenant_id, stored_at);
CREATE TABLE deliveries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    message_id uuid NOT NULL,
    payload text NOT NULL,
    event_type text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    attempts smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_token uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES endpoints (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, message_id, payload) REFERENCES messages (tenant_id, id, payload) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deliveries_open ON deliveries (tenant_id, endpoint_id, due_at, id) WHERE state IN ('pending', 'leased');
CREATE INDEX deliveries_log ON deliveries (tenant_id, endpoint_id, id);
CREATE INDEX deliveries_subject ON deliveries (tenant_id, endpoint_id, subject, sequence);
CREATE INDEX deliveries_message ON deliveries (tenant_id, message_id, payload);
CREATE TABLE attempts (
    tenant_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number smallint NOT NULL,
    started_at timestamptz NOT NULL,
    milliseconds integer NOT NULL,
    status smallint,
    response text NOT NULL,
    error text,
    PRIMARY KEY (tenant_id, delivery_id, number),
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES deliveries (tenant_id, id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("endpoints", "secrets", "messages", "attempts")
