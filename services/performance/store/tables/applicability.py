"""Items that do not apply to somebody, and what waits for approval."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKeyConstraint, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.performance.store.tables.base import metadata

applicabilities = Table(
    "applicabilities",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("scorecard_id", UUID, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("applicable", Boolean, nullable=False),
    Column("proposed", Boolean),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("decided_by", Text),
    Column("sequence", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "scorecard_id"], ["scorecards.tenant_id", "scorecards.id"]),
)
