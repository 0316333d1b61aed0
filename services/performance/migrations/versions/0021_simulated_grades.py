"""Simulations name their grades in order, so that some of their people can be summed up alone."""

from shared.kit.migrations import run_ddl

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

GRADES = """
ALTER TABLE simulations NO FORCE ROW LEVEL SECURITY;
UPDATE simulations SET summary = summary || jsonb_build_object('grades', (
    SELECT coalesce(jsonb_agg(grade ORDER BY lowest DESC NULLS LAST), '[]'::jsonb) FROM (
        SELECT outcome->>'grade' AS grade, min((outcome->>'total')::numeric) AS lowest
        FROM jsonb_array_elements(people) AS person,
            LATERAL (VALUES (person->'before'), (person->'after')) AS sides(outcome)
        WHERE outcome->>'grade' IS NOT NULL
        GROUP BY 1
    ) AS shown
));
ALTER TABLE simulations FORCE ROW LEVEL SECURITY;
"""
"""Of those made before, the grades that they show, by the lowest total that has each."""


def upgrade() -> None:
    run_ddl(GRADES)
