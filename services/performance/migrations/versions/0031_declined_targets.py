"""What the business wants of a target may be left to a later cycle, and is not proposed again."""

from shared.kit.migrations import run_ddl

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

DECLINED = "ALTER TABLE targets ADD COLUMN declined numeric;"


def upgrade() -> None:
    run_ddl(DECLINED)
