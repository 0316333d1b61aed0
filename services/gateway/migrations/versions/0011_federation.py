"""The OIDC provider of a company, and which of its subjects is which account."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE identity_providers (
    tenant_id uuid PRIMARY KEY,
    name text NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_secret bytea,
    claim text NOT NULL,
    attribute text NOT NULL,
    unknown_people text NOT NULL,
    default_roles text[] NOT NULL,
    local_passwords boolean NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE federated_identities (
    tenant_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id uuid NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, issuer, subject),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT federated_identities_account UNIQUE (tenant_id, account_id, issuer)
);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("identity_providers", "federated_identities")
