"""Tables of the organisation's copy; the archive has its own, of which `OrgTables` needs only the same columns."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

ORG_DDL = """
CREATE TABLE org_employees (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    work_number text NOT NULL,
    name text NOT NULL,
    email text,
    joined_on date NOT NULL,
    left_on date,
    leaves jsonb NOT NULL,
    deleted boolean NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX org_employees_work_number ON org_employees (tenant_id, work_number);
CREATE TABLE org_employments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    employee_id uuid NOT NULL,
    department_id uuid NOT NULL,
    position_id uuid NOT NULL,
    position_name text NOT NULL,
    manager_id uuid,
    fte numeric NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX org_employments_employee ON org_employments (tenant_id, employee_id);
CREATE INDEX org_employments_department ON org_employments (tenant_id, department_id);
CREATE TABLE org_departments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    parent_id uuid,
    deleted boolean NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE org_headships (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    kind text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    PRIMARY KEY (tenant_id, department_id, employee_id, starts_on)
);
CREATE INDEX org_headships_employee ON org_headships (tenant_id, employee_id);
CREATE TABLE org_calendars (
    tenant_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    holidays jsonb NOT NULL,
    workdays jsonb NOT NULL
);
"""
ORG_TABLE_NAMES = ("org_employees", "org_employments", "org_departments", "org_headships", "org_calendars")


@dataclass(frozen=True, slots=True)
class OrgTables:
    employees: Table
    employments: Table
    departments: Table
    headships: Table
    calendars: Table


def org_tables(metadata: MetaData) -> OrgTables:
    """Declare the copy on a consuming service's metadata; `ORG_DDL` creates the same tables."""
    return OrgTables(
        employees=_employees(metadata),
        employments=_employments(metadata),
        departments=_departments(metadata),
        headships=_headships(metadata),
        calendars=_calendars(metadata),
    )


def _employees(metadata: MetaData) -> Table:
    return Table(
        "org_employees",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("id", UUID, primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("work_number", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("email", Text),
        Column("joined_on", Date, nullable=False),
        Column("left_on", Date),
        Column("leaves", JSONB, nullable=False),
        Column("deleted", Boolean, nullable=False),
        Index("org_employees_work_number", "tenant_id", "work_number"),
    )


def _employments(metadata: MetaData) -> Table:
    return Table(
        "org_employments",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("id", UUID, primary_key=True),
        Column("employee_id", UUID, nullable=False),
        Column("department_id", UUID, nullable=False),
        Column("position_id", UUID, nullable=False),
        Column("position_name", Text, nullable=False),
        Column("manager_id", UUID),
        Column("fte", Numeric, nullable=False),
        Column("starts_on", Date, nullable=False),
        Column("ends_on", Date),
        Index("org_employments_employee", "tenant_id", "employee_id"),
        Index("org_employments_department", "tenant_id", "department_id"),
    )


def _departments(metadata: MetaData) -> Table:
    return Table(
        "org_departments",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("id", UUID, primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("code", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("parent_id", UUID),
        Column("deleted", Boolean, nullable=False),
    )


def _headships(metadata: MetaData) -> Table:
    return Table(
        "org_headships",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("department_id", UUID, primary_key=True),
        Column("employee_id", UUID, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("starts_on", Date, primary_key=True),
        Column("ends_on", Date),
        Index("org_headships_employee", "tenant_id", "employee_id"),
    )


def _calendars(metadata: MetaData) -> Table:
    return Table(
        "org_calendars",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("holidays", JSONB, nullable=False),
        Column("workdays", JSONB, nullable=False),
    )
