"""Several keys a client, of several kinds, so that they can be replaced while in use; and from where it may come."""

from shared.kit.migrations import run_ddl

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE client_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    kind text NOT NULL,
    digest bytea,
    jwk jsonb,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES api_clients (tenant_id, id)
);
CREATE INDEX client_keys_client ON client_keys (client_id);
INSERT INTO client_keys (tenant_id, id, client_id, kind, digest, created_at)
SELECT tenant_id, id, id, 'secret', secret_digest, created_at FROM api_clients;
ALTER TABLE api_clients DROP COLUMN secret_digest, ADD COLUMN networks text[] NOT NULL DEFAULT '{}';
ALTER TABLE api_clients ALTER COLUMN networks DROP DEFAULT;
CREATE TABLE used_assertions (
    client_id uuid NOT NULL,
    digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, digest)
);
"""


def upgrade() -> None:
    run_ddl(DDL)
