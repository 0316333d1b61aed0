"""Simulations suppose more than a scheme version, and may have been applied."""

from shared.kit.migrations import run_ddl

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SUPPOSITIONS = """
ALTER TABLE simulations ADD COLUMN supposed jsonb, ADD COLUMN applied_by text, ADD COLUMN applied_at timestamptz;
ALTER TABLE simulations NO FORCE ROW LEVEL SECURITY;
UPDATE simulations SET supposed = jsonb_build_object(
    'scheme', jsonb_build_object('scheme_id', scheme_id, 'version', scheme_version),
    'targets', '[]'::jsonb, 'moves', '[]'::jsonb, 'bonus_bands', '[]'::jsonb
);
ALTER TABLE simulations FORCE ROW LEVEL SECURITY;
ALTER TABLE simulations ALTER COLUMN supposed SET NOT NULL, DROP COLUMN scheme_id, DROP COLUMN scheme_version;
"""


def upgrade() -> None:
    run_ddl(SUPPOSITIONS)
