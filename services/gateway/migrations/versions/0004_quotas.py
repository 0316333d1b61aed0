"""How often callers have asked, and whose quota is another than the default."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DDL = """
CREATE UNLOGGED TABLE quota_windows (
    key text NOT NULL,
    number bigint NOT NULL,
    spent bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (key, number)
);
CREATE INDEX quota_windows_expiry ON quota_windows (expires_at);
CREATE TABLE quota_overrides (
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    seconds integer NOT NULL,
    PRIMARY KEY (tenant_id, subject, kind)
)
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("quota_overrides")
