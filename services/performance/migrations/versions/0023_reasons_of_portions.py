"""Reasons of targets no longer say what the others weigh among whom something was divided."""

from shared.kit.migrations import run_ddl

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLES = ("targets", "target_moves")
_WEIGHED = r"(按全职折算人数分配（|按应出勤工作日分配（|by FTE \(|by eligible workdays \()([^ ）)]+) (?:/|of) [^）)]+"
_PERCENT = r"(按近三年占比分配|by share of the last three years)(?:（[^）]*%）| \([^)]*%\))"
_REASONS = """
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
UPDATE {table} SET reason = regexp_replace(
    regexp_replace(reason::text, '{weighed}', '\\1\\2', 'g'), '{percent}', '\\1', 'g'
)::jsonb
WHERE reason::text ~ '{weighed}|{percent}';
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    for table in _TABLES:
        run_ddl(_REASONS.format(table=table, weighed=_WEIGHED, percent=_PERCENT))
