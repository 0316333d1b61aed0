"""Sources whose newest data is older than a metric allows; a timer keeps the table."""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.performance.store.tables.base import metadata

stale_sources = Table(
    "stale_sources",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("cycle_id", UUID, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("newest_on", Date, nullable=False),
    Column("stale_since", Date, nullable=False),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
)
