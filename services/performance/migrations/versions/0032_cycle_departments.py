"""A frozen cycle keeps the departments by which its people are grouped."""

from shared.kit.migrations import isolate_tenants, run_ddl

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

DEPARTMENTS = """
CREATE TABLE cycle_departments (
    tenant_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    department_id uuid NOT NULL,
    parent_id uuid,
    code text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, cycle_id, department_id),
    FOREIGN KEY (tenant_id, cycle_id) REFERENCES cycles (tenant_id, id)
);
ALTER TABLE cycles NO FORCE ROW LEVEL SECURITY;
ALTER TABLE org_departments NO FORCE ROW LEVEL SECURITY;
INSERT INTO cycle_departments
SELECT tenant_id, cycles.id, departments.id, parent_id, code, departments.name
FROM cycles JOIN org_departments AS departments USING (tenant_id)
WHERE phase IN ('frozen', 'published') AND NOT deleted;
ALTER TABLE cycles FORCE ROW LEVEL SECURITY;
ALTER TABLE org_departments FORCE ROW LEVEL SECURITY;
"""
"""How they were at earlier freezes is not known: those cycles keep the departments of today."""


def upgrade() -> None:
    run_ddl(DEPARTMENTS)
    isolate_tenants("cycle_departments")
