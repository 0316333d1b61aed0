"""What a directory calls employees and departments, and what else it says of people."""

from shared.kit.migrations import run_ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DDL = """
ALTER TABLE departments
    ADD COLUMN external_id text,
    ADD COLUMN released_at timestamptz;
ALTER TABLE employees
    ADD COLUMN user_name text,
    ADD COLUMN user_key text,
    ADD COLUMN external_id text,
    ADD COLUMN directory jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN phone_numbers jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN released_at timestamptz;
ALTER TABLE employees NO FORCE ROW LEVEL SECURITY;
UPDATE employees SET user_key = lower(work_number);
ALTER TABLE employees FORCE ROW LEVEL SECURITY;
CREATE INDEX employees_user_key ON employees (tenant_id, user_key);
CREATE UNIQUE INDEX employees_user_name ON employees (tenant_id, user_key) WHERE user_name IS NOT NULL;
CREATE INDEX employees_external_id ON employees (tenant_id, external_id);
"""


def upgrade() -> None:
    run_ddl(_DDL)
