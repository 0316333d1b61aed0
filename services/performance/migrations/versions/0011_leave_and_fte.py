"""Cycles say which leave is not eligible and what part-time changes; targets say whom they are meant for."""

from shared.kit.migrations import run_ddl

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE cycles ADD COLUMN leave jsonb NOT NULL DEFAULT '{"kinds": [], "minimum_workdays": 1}';
ALTER TABLE cycles ADD COLUMN fte text NOT NULL DEFAULT 'ignore';
ALTER TABLE targets ADD COLUMN meant_for text NOT NULL DEFAULT 'full_time';
"""
"""In cycles that there are already leave goes on changing nothing."""


def upgrade() -> None:
    run_ddl(COLUMNS)
