"""A version of a scheme may score from a day on: a cycle keeps those before it, a plan the weights set against them."""

from shared.kit.migrations import run_ddl

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

FROM_A_DAY = """
ALTER TABLE scheme_versions ADD COLUMN effective_on date;
ALTER TABLE cycle_schemes ADD COLUMN former jsonb NOT NULL DEFAULT '[]';
ALTER TABLE plans ADD COLUMN former_weights jsonb NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    run_ddl(FROM_A_DAY)
