"""Operators, and which companies are shut."""

from sqlalchemy import ARRAY, Column, DateTime, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import UUID

from services.gateway.store.tables.base import metadata

operators = Table(
    "operators",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("duties", ARRAY(Text), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("name", name="operators_name"),
)

tenant_suspensions = Table(
    "tenant_suspensions",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
)

tenant_erasures = Table(
    "tenant_erasures",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("by", Text, nullable=False),
)
