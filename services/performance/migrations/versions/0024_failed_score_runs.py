"""A score run that fails waits before it is tried again, and is given up in the end."""

from shared.kit.migrations import run_ddl

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FAILED_RUNS = """
ALTER TABLE score_runs
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN problem jsonb,
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN due_at timestamptz;
DROP INDEX score_runs_unfinished;
CREATE INDEX score_runs_running ON score_runs (tenant_id, id) WHERE finished_at IS NULL AND failed_at IS NULL;
"""


def upgrade() -> None:
    run_ddl(FAILED_RUNS)
