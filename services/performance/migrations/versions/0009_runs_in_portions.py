"""A score run may take several transactions: how many it concerns, and how far it is."""

from shared.kit.migrations import run_ddl

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PORTIONS = """
ALTER TABLE score_runs ADD COLUMN concerned integer, ADD COLUMN reached uuid, ADD COLUMN updated_at timestamptz,
    ALTER COLUMN finished_at DROP NOT NULL;
ALTER TABLE score_runs NO FORCE ROW LEVEL SECURITY;
UPDATE score_runs SET concerned = scored, updated_at = finished_at;
ALTER TABLE score_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE score_runs ALTER COLUMN concerned SET NOT NULL, ALTER COLUMN updated_at SET NOT NULL;
CREATE INDEX score_runs_unfinished ON score_runs (tenant_id, id) WHERE finished_at IS NULL;
"""


def upgrade() -> None:
    run_ddl(PORTIONS)
