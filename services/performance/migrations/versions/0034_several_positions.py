"""Of several positions at once each has its part of a score; cycles from before stay with the principal one."""

from shared.kit.migrations import run_ddl

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

POSITIONS = "ALTER TABLE cycles ADD COLUMN positions text NOT NULL DEFAULT 'principal';"


def upgrade() -> None:
    run_ddl(POSITIONS)
