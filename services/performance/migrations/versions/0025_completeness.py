"""Keeps what sources declared and since when they are known, so that the past is computed by what was known of it."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

COMPLETENESS = """
CREATE TABLE completeness (
    tenant_id uuid NOT NULL,
    source text NOT NULL,
    measure text NOT NULL,
    complete_through date NOT NULL,
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, source, measure, complete_through)
);
CREATE INDEX completeness_declared ON completeness (tenant_id, declared_at);
ALTER TABLE watermarks ADD COLUMN known_since timestamptz;
ALTER TABLE watermarks NO FORCE ROW LEVEL SECURITY;
INSERT INTO completeness (tenant_id, source, measure, complete_through, declared_at)
SELECT tenant_id, source, measure, complete_through, declared_at FROM watermarks WHERE complete_through IS NOT NULL;
ALTER TABLE watermarks FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    run_ddl(COMPLETENESS)
    isolate_tenants("completeness")
