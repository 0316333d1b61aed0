"""The feed of changes, in the order of their commits."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE feeds (
    tenant_id uuid NOT NULL,
    last bigint NOT NULL,
    forgotten bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id)
);
CREATE TABLE changes (
    tenant_id uuid NOT NULL,
    position bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    resource text NOT NULL,
    resource_id uuid,
    sequence bigint NOT NULL,
    time timestamptz NOT NULL,
    url text NOT NULL,
    employee_id uuid,
    department_id uuid,
    deleted boolean NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, position)
);
CREATE INDEX changes_recorded ON changes (tenant_id, recorded_at);
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("feeds", "changes")
