"""What is known of a record says itself whether a message repeats it, so nobody has to digest each message."""

from shared.kit.migrations import run_ddl

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE observations ADD COLUMN credit_date_stated boolean NOT NULL DEFAULT false;
ALTER TABLE observations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE connections NO FORCE ROW LEVEL SECURITY;
UPDATE observations AS stated SET credit_date_stated = true
FROM connections AS connection
WHERE connection.tenant_id = stated.tenant_id AND connection.id = stated.connection_id
    AND stated.credit_date IS NOT NULL
    AND (connection.kind = 'built_in' OR stated.payload ->> 'credit_date' IS NOT NULL);
ALTER TABLE observations FORCE ROW LEVEL SECURITY;
ALTER TABLE connections FORCE ROW LEVEL SECURITY;
ALTER TABLE observations ALTER COLUMN credit_date_stated DROP DEFAULT;
ALTER TABLE observations DROP COLUMN fingerprint;
"""


def upgrade() -> None:
    run_ddl(DDL)
