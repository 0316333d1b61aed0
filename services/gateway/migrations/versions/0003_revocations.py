"""Whose access tokens are accepted no longer, though they have not expired."""

from shared.kit.migrations import remember_revocations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    remember_revocations()
