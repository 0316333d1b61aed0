"""What credits one as a whole says so in its own row; only parts have rows of their own, and a view shows all alike.

Nearly everything credits one. No foreign key leads to the connection any more: each batch has read its own before, and
none is ever deleted.
"""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DDL = """
ALTER TABLE observations
    ADD COLUMN reference_kind text,
    ADD COLUMN reference text,
    ADD COLUMN subject_kind text,
    ADD COLUMN subject_id uuid,
    ADD COLUMN problem text;
ALTER TABLE observations DROP CONSTRAINT observations_tenant_id_connection_id_fkey;
CREATE TABLE observation_parts (
    tenant_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    position smallint NOT NULL,
    reference_kind text NOT NULL,
    reference text NOT NULL,
    fraction numeric NOT NULL,
    value numeric NOT NULL,
    subject_kind text,
    subject_id uuid,
    problem text,
    PRIMARY KEY (tenant_id, observation_id, position),
    FOREIGN KEY (tenant_id, observation_id) REFERENCES observations (tenant_id, id)
);
ALTER TABLE observations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE observation_credits NO FORCE ROW LEVEL SECURITY;
UPDATE observations AS whole SET
    reference_kind = credit.reference_kind, reference = credit.reference,
    subject_kind = credit.subject_kind, subject_id = credit.subject_id, problem = credit.problem
FROM observation_credits AS credit
WHERE credit.tenant_id = whole.tenant_id AND credit.observation_id = whole.id AND credit.fraction = 1;
INSERT INTO observation_parts
SELECT
    tenant_id, observation_id, position, reference_kind, reference, fraction, value, subject_kind, subject_id, problem
FROM observation_credits WHERE fraction <> 1;
ALTER TABLE observations FORCE ROW LEVEL SECURITY;
DROP TABLE observation_credits;
CREATE INDEX observations_subject ON observations (tenant_id, subject_id);
CREATE INDEX observations_reference ON observations (tenant_id, reference, reference_kind, subject_kind);
CREATE INDEX observation_parts_subject ON observation_parts (tenant_id, subject_id);
CREATE INDEX observation_parts_reference ON observation_parts (tenant_id, reference, reference_kind, subject_kind);
CREATE VIEW observation_credits WITH (security_invoker) AS
SELECT
    tenant_id, id AS observation_id, 0::smallint AS position, reference_kind, reference, 1::numeric AS fraction, value,
    subject_kind, subject_id, problem
FROM observations WHERE reference_kind IS NOT NULL
UNION ALL
SELECT
    tenant_id, observation_id, position, reference_kind, reference, fraction, value, subject_kind, subject_id, problem
FROM observation_parts;
"""


def upgrade() -> None:
    run_ddl(DDL)
    isolate_tenants("observation_parts")
