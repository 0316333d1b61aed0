"""The newest day of which each source has told, and the sources that are stale in a cycle."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FRESHNESS = """
ALTER TABLE watermarks ADD COLUMN newest_on date;
ALTER TABLE watermarks NO FORCE ROW LEVEL SECURITY;
ALTER TABLE observations NO FORCE ROW LEVEL SECURITY;
UPDATE watermarks SET newest_on = known.day
FROM (
    SELECT tenant_id, source, measure, least(max(credit_date), current_date) AS day
    FROM observations GROUP BY tenant_id, source, measure
) AS known
WHERE (watermarks.tenant_id, watermarks.source, watermarks.measure) = (known.tenant_id, known.source, known.measure);
ALTER TABLE watermarks FORCE ROW LEVEL SECURITY;
ALTER TABLE observations FORCE ROW LEVEL SECURITY;
CREATE TABLE stale_sources (
    tenant_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    metric text NOT NULL,
    source text NOT NULL,
    measure text NOT NULL,
    newest_on date NOT NULL,
    stale_since date NOT NULL,
    PRIMARY KEY (tenant_id, cycle_id, metric, source, measure),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
"""
ISOLATED = ("stale_sources",)


def upgrade() -> None:
    run_ddl(FRESHNESS)
    isolate_tenants(*ISOLATED)
