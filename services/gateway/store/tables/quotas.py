"""What callers may ask for, and what they have asked for."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.gateway.store.tables.base import metadata

quota_windows = Table(
    "quota_windows",
    metadata,
    Column("key", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("spent", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("quota_windows_expiry", "expires_at"),
    prefixes=["UNLOGGED"],
)

quota_overrides = Table(
    "quota_overrides",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("seconds", Integer, nullable=False),
)
