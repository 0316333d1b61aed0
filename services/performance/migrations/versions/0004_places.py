"""The outbox remembers where on the bus its rows lie, so that what a broker loses can be published again."""

from shared.kit.migrations import remember_places

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    remember_places()
