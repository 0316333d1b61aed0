"""Tables of the feed."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from services.notifier.store.tables.base import metadata

# How far each tenant's feed goes. Whoever appends holds this row until the commit, so that positions become visible in
# their own order and nobody who reads on from one can have missed a smaller one.
feeds = Table(
    "feeds",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("forgotten", BigInteger, nullable=False, server_default="0"),
)

changes = Table(
    "changes",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("id", UUID, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("resource_id", UUID),
    Column("sequence", BigInteger, nullable=False),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("url", Text, nullable=False),
    Column("employee_id", UUID),
    Column("department_id", UUID),
    Column("deleted", Boolean, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Index("changes_recorded", "tenant_id", "recorded_at"),
)
