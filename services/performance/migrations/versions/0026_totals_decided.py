"""A calibrated total says so where it is the computed one: nothing stands for whatever total is in force."""

from shared.kit.migrations import run_ddl

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TOTALS = """
ALTER TABLE calibration_adjustments NO FORCE ROW LEVEL SECURITY;
UPDATE calibration_adjustments SET to_total = computed_total
WHERE to_total IS NULL AND before_total IS DISTINCT FROM computed_total;
ALTER TABLE calibration_adjustments FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    run_ddl(TOTALS)
