"""Departments and their heads, on the common ground of every service."""

from shared.kit.migrations import create_kit_tables, isolate_tenants, run_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DDL = """
CREATE TABLE departments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    parent_id uuid,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT departments_code UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES departments (tenant_id, id)
);
CREATE TABLE headships (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    PRIMARY KEY (tenant_id, department_id, employee_id, starts_on),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id)
);
"""


def upgrade() -> None:
    create_kit_tables()
    run_ddl(DDL)
    isolate_tenants("departments", "headships")
