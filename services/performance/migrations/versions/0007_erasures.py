"""Which tenants were erased."""

from shared.kit.migrations import remember_erasures

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    remember_erasures()
