"""Runs go on in the order of people, and a page of scorecards has room for what becomes of those in it."""

from shared.kit.migrations import run_ddl

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

PORTIONS = """
ALTER TABLE score_runs NO FORCE ROW LEVEL SECURITY;
UPDATE score_runs SET reached = NULL, scored = 0 WHERE finished_at IS NULL;
ALTER TABLE score_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE scorecards SET (fillfactor = 50);
"""
"""Runs that were under way begin anew: who comes out the same is not written again."""


def upgrade() -> None:
    run_ddl(PORTIONS)
