"""The table of revisions: what late data would change in published results."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.performance.store.tables.base import metadata

revisions = Table(
    "revisions",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("scorecard_id", UUID, nullable=False),
    Column("cycle_id", UUID, nullable=False),
    Column("employee_id", UUID, nullable=False),
    Column("department_id", UUID, nullable=False),
    Column("state", Text, nullable=False),
    Column("previous", JSONB, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("input_hash", Text, nullable=False),
    Column("counted_until", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("decided_by", Text),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "scorecard_id"], ["scorecards.tenant_id", "scorecards.id"]),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
    Index("revisions_scorecard", "tenant_id", "scorecard_id", "id"),
    Index("revisions_cycle", "tenant_id", "cycle_id", "id"),
    Index("revisions_proposed", "tenant_id", "scorecard_id", unique=True, postgresql_where=text("state = 'proposed'")),
)
