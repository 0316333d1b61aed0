"""Cycles say below how many workdays a person is ungraded; results say over which days they were scored."""

from shared.kit.migrations import run_ddl

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


SEGMENTS = """
ALTER TABLE cycles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE scorecards NO FORCE ROW LEVEL SECURITY;
ALTER TABLE results NO FORCE ROW LEVEL SECURITY;
CREATE TEMPORARY TABLE whole ON COMMIT DROP AS
SELECT scorecards.tenant_id, scorecards.id, days.workdays, jsonb_build_object(
    'starts_on', starts_on, 'ends_on', ends_on, 'workdays', days.workdays,
    'department_id', department_id, 'position_id', position_id
) AS segment
FROM scorecards
JOIN cycles ON cycles.tenant_id = scorecards.tenant_id AND cycles.id = scorecards.cycle_id
CROSS JOIN LATERAL (
    SELECT count(*) AS workdays FROM generate_series(starts_on, ends_on - 1, interval '1 day') AS day
    WHERE extract(isodow FROM day) < 6
) AS days;
UPDATE scorecards SET result = result || jsonb_build_object('workdays', workdays, 'segments', jsonb_build_array(
    segment || jsonb_build_object('scheme_id', scheme_id, 'scheme_version', scheme_version)
))
FROM whole
WHERE (whole.tenant_id, whole.id) = (scorecards.tenant_id, scorecards.id) AND scheme_id IS NOT NULL
    AND result -> 'items' <> '[]' AND NOT result ? 'segments';
UPDATE results SET result = result || jsonb_build_object('workdays', workdays, 'segments', jsonb_build_array(
    segment || jsonb_build_object('scheme_id', scheme_id, 'scheme_version', scheme_version)
))
FROM whole
WHERE (whole.tenant_id, whole.id) = (results.tenant_id, results.scorecard_id) AND scheme_id IS NOT NULL
    AND result -> 'items' <> '[]' AND NOT result ? 'segments';
ALTER TABLE cycles FORCE ROW LEVEL SECURITY;
ALTER TABLE scorecards FORCE ROW LEVEL SECURITY;
ALTER TABLE results FORCE ROW LEVEL SECURITY;
"""
"""Before, everybody was scored over the whole cycle, in the place where they were at its end."""


def upgrade() -> None:
    run_ddl("ALTER TABLE cycles ADD COLUMN minimum_workdays integer NOT NULL DEFAULT 0;")
    run_ddl(SEGMENTS)
