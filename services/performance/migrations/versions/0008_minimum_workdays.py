"""Cycles say below how many workdays a person is ungraded."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE cycles ADD COLUMN minimum_workdays integer NOT NULL DEFAULT 0")
