"""Sources that have said that nothing more comes of a measure."""

from shared.kit.migrations import run_ddl

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ENDED = "ALTER TABLE watermarks ADD COLUMN ended boolean NOT NULL DEFAULT false;"


def upgrade() -> None:
    run_ddl(ENDED)
