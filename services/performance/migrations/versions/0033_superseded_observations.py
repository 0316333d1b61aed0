"""What observations were before they changed is looked for by when they did."""

from shared.kit.migrations import run_ddl

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SUPERSEDED = """
CREATE INDEX observations_superseded ON observations (tenant_id, superseded_at) WHERE superseded_at IS NOT NULL;
"""


def upgrade() -> None:
    run_ddl(SUPERSEDED)
