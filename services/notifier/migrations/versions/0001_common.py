"""The common ground of every service, and the organisation's copy."""

from shared.kit.migrations import create_kit_tables, isolate_tenants, run_ddl
from shared.kit.org.tables import ORG_DDL, ORG_TABLE_NAMES

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_kit_tables()
    run_ddl(ORG_DDL)
    isolate_tenants(*ORG_TABLE_NAMES)
