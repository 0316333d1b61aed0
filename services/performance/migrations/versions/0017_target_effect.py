"""Targets may hold from a day on, and keep what held before."""

from shared.kit.migrations import run_ddl

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE targets ADD COLUMN earlier jsonb NOT NULL DEFAULT '[]';
ALTER TABLE target_moves ADD COLUMN effective_on date;
"""


def upgrade() -> None:
    run_ddl(COLUMNS)
