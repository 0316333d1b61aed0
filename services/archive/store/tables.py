"""The archive's tables; `migrations/` creates the same ones, which a test compares.

A delicate column bears its sensitivity label; `api/policy.py` says who sees what bears it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)

departments = Table(
    "departments",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", UUID),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("external_id", Text),
    Column("released_at", DateTime(timezone=True)),
    UniqueConstraint("tenant_id", "code", name="departments_code"),
    ForeignKeyConstraint(["tenant_id", "parent_id"], ["departments.tenant_id", "departments.id"]),
    Index("departments_parent", "tenant_id", "parent_id"),
)

positions = Table(
    "positions",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("competencies", JSONB, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "code", name="positions_code"),
)

employees = Table(
    "employees",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("work_number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("joined_on", Date, nullable=False),
    Column("left_on", Date),
    Column("custom_fields", JSONB, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("user_name", Text),
    Column("user_key", Text),  # the name a directory finds the person by, in lower case: an index serves it
    Column("external_id", Text),
    Column("directory", JSONB, nullable=False, server_default=text("'{}'")),
    Column("phone_numbers", JSONB, nullable=False, server_default=text("'[]'"), info={"label": "contact"}),
    Column("released_at", DateTime(timezone=True)),
    UniqueConstraint("tenant_id", "work_number", name="employees_work_number"),
    Index("employees_user_key", "tenant_id", "user_key"),
    Index("employees_user_name", "tenant_id", "user_key", unique=True, postgresql_where=text("user_name IS NOT NULL")),
    Index("employees_external_id", "tenant_id", "external_id"),
)

employments = Table(
    "employments",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("employee_id", UUID, nullable=False),
    Column("department_id", UUID, nullable=False),
    Column("position_id", UUID, nullable=False),
    Column("manager_id", UUID),
    Column("fte", Numeric, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    ForeignKeyConstraint(["tenant_id", "employee_id"], ["employees.tenant_id", "employees.id"]),
    ForeignKeyConstraint(["tenant_id", "department_id"], ["departments.tenant_id", "departments.id"]),
    ForeignKeyConstraint(["tenant_id", "position_id"], ["positions.tenant_id", "positions.id"]),
    ForeignKeyConstraint(["tenant_id", "manager_id"], ["employees.tenant_id", "employees.id"]),
    Index("employments_employee", "tenant_id", "employee_id", "starts_on"),
    Index("employments_department", "tenant_id", "department_id"),
    Index("employments_position", "tenant_id", "position_id"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("employee_id", UUID, nullable=False),
    Column("kind", Text, nullable=False, info={"label": "health"}),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    ForeignKeyConstraint(["tenant_id", "employee_id"], ["employees.tenant_id", "employees.id"]),
    Index("leaves_employee", "tenant_id", "employee_id", "starts_on"),
)

headships = Table(
    "headships",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("department_id", UUID, primary_key=True),
    Column("employee_id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("starts_on", Date, primary_key=True),
    Column("ends_on", Date),
    ForeignKeyConstraint(["tenant_id", "department_id"], ["departments.tenant_id", "departments.id"]),
    ForeignKeyConstraint(["tenant_id", "employee_id"], ["employees.tenant_id", "employees.id"]),
    Index("headships_employee", "tenant_id", "employee_id"),
)

records = Table(
    "records",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("employee_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("title", Text, nullable=False),
    Column("note", Text, info={"label": "discipline"}),
    Column("measurements", JSONB, nullable=False),
    Column("performance", JSONB(none_as_null=True)),
    Column("remote_id", Text),
    Column("scorecard_id", UUID),
    Column("deleted", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "remote_id", name="records_remote_id"),
    ForeignKeyConstraint(["tenant_id", "employee_id"], ["employees.tenant_id", "employees.id"]),
    Index("records_employee", "tenant_id", "employee_id", "occurred_on"),
)

calendars = Table(
    "calendars",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("holidays", ARRAY(Date), nullable=False),
    Column("workdays", ARRAY(Date), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
