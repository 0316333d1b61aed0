"""The archive's tables; `migrations/` creates the same ones, which a test compares."""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKeyConstraint, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import UUID

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
    UniqueConstraint("tenant_id", "code", name="departments_code"),
    ForeignKeyConstraint(["tenant_id", "parent_id"], ["departments.tenant_id", "departments.id"]),
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
)
