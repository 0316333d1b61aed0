"""The organisation and people's files, on the common ground of every service."""

from shared.kit.migrations import create_kit_tables, isolate_tenants, run_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ORGANISATION = """
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
CREATE INDEX departments_parent ON departments (tenant_id, parent_id);
CREATE TABLE positions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    competencies jsonb NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT positions_code UNIQUE (tenant_id, code)
);
CREATE TABLE employees (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    work_number text NOT NULL,
    name text NOT NULL,
    email text,
    joined_on date NOT NULL,
    left_on date,
    custom_fields jsonb NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT employees_work_number UNIQUE (tenant_id, work_number)
);
CREATE TABLE employments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    position_id uuid NOT NULL,
    manager_id uuid,
    fte numeric NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id),
    FOREIGN KEY (tenant_id, position_id) REFERENCES positions (tenant_id, id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES employees (tenant_id, id)
);
CREATE INDEX employments_employee ON employments (tenant_id, employee_id, starts_on);
CREATE INDEX employments_department ON employments (tenant_id, department_id);
CREATE INDEX employments_position ON employments (tenant_id, position_id);
CREATE TABLE leaves (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
);
CREATE INDEX leaves_employee ON leaves (tenant_id, employee_id, starts_on);
CREATE TABLE headships (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    PRIMARY KEY (tenant_id, department_id, employee_id, starts_on),
    FOREIGN KEY (tenant_id, department_id) REFERENCES departments (tenant_id, id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
);
CREATE INDEX headships_employee ON headships (tenant_id, employee_id);
CREATE TABLE calendars (
    tenant_id uuid PRIMARY KEY,
    holidays date[] NOT NULL,
    workdays date[] NOT NULL,
    sequence bigint NOT NULL,
    updated_at timestamptz NOT NULL
);
"""
FILES = """
CREATE TABLE records (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    occurred_on date NOT NULL,
    title text NOT NULL,
    note text,
    measurements jsonb NOT NULL,
    performance jsonb,
    remote_id text,
    scorecard_id uuid,
    deleted boolean NOT NULL,
    sequence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT records_remote_id UNIQUE (tenant_id, remote_id),
    FOREIGN KEY (tenant_id, employee_id) REFERENCES employees (tenant_id, id)
);
CREATE INDEX records_employee ON records (tenant_id, employee_id, occurred_on);
"""


def upgrade() -> None:
    create_kit_tables()
    run_ddl(ORGANISATION)
    run_ddl(FILES)
    isolate_tenants("departments", "positions", "employees", "employments", "leaves", "headships", "calendars")
    isolate_tenants("records")
