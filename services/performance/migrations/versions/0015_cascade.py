"""Cycles say by what targets are divided, and targets why they got so much."""

from shared.kit.migrations import run_ddl

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE cycles ADD COLUMN cascade jsonb NOT NULL DEFAULT '{"departments": "equal", "people": "equal"}';
ALTER TABLE targets ADD COLUMN portion jsonb;
"""


def upgrade() -> None:
    run_ddl(COLUMNS)
