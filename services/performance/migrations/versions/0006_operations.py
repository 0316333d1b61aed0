"""Long work, such as simulations that nobody waits for."""

from shared.kit.operations.tables import create_operation_tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_operation_tables()
