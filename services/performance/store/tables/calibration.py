"""Tables of the layer above computed results: what grades are held to, and what sessions calibrated by hand."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Table
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.performance.store.tables.base import metadata

distribution_policies = Table(
    "distribution_policies",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("cycle_id", UUID, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
)
