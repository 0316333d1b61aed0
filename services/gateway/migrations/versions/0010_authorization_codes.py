"""Front ends through which people log in, and the codes these exchange for sessions."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE api_clients
    ADD COLUMN redirect_uris text[] NOT NULL DEFAULT '{}',
    ADD COLUMN public boolean NOT NULL DEFAULT false;
ALTER TABLE api_clients ALTER COLUMN redirect_uris DROP DEFAULT, ALTER COLUMN public DROP DEFAULT;
CREATE TABLE authorization_codes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    client_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    methods text[] NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    session_id uuid,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    FOREIGN KEY (tenant_id, client_id) REFERENCES api_clients (tenant_id, id)
);
CREATE INDEX authorization_codes_age ON authorization_codes (tenant_id, created_at);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("authorization_codes")
