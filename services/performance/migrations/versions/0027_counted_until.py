"""A result says until when what arrived counts in it, which is the freeze or, once revised, a later time."""

from shared.kit.migrations import run_ddl

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COUNTED_UNTIL = """
ALTER TABLE scorecards RENAME COLUMN frozen_at TO counted_until;
ALTER TABLE results RENAME COLUMN frozen_at TO counted_until;
"""


def upgrade() -> None:
    run_ddl(COUNTED_UNTIL)
