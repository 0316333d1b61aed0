"""The sealed log of who did what."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.gateway.store.tables.base import metadata

audit_chains = Table(
    "audit_chains",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("keep_days", Integer, nullable=False),
    Column("signed_sequence", BigInteger, nullable=False),
    Column("signed_first", BigInteger, nullable=False),
    Column("unsigned_since", DateTime(timezone=True)),
    Column("waiting", Boolean, nullable=False),
    CheckConstraint("keep_days >= 180", name="audit_chains_kept"),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger),
    Column("digest", LargeBinary),
    Column("service", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_kind", Text),
    Column("actor_employee_id", UUID),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("code", Text),
    Column("subjects", ARRAY(UUID), nullable=False),
    Column("rows", Integer),
    Column("request_id", Text),
    Column("client_address", Text),
    Index("audit_events_sequence", "tenant_id", "sequence", unique=True),
    Index("audit_events_unsealed", "tenant_id", "id", postgresql_where=text("sequence IS NULL")),
    Index("audit_events_time", "tenant_id", "occurred_at", "id"),
    Index("audit_events_actor", "tenant_id", "actor", "occurred_at", "id"),
    Index("audit_events_action", "tenant_id", "action", "occurred_at", "id"),
)

audit_subjects = Table(
    "audit_subjects",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("employee_id", UUID, primary_key=True),
    Column("event_id", UUID, primary_key=True),
    ForeignKeyConstraint(["tenant_id", "event_id"], ["audit_events.tenant_id", "audit_events.id"], ondelete="CASCADE"),
    Index("audit_subjects_event", "tenant_id", "event_id"),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    Index("audit_checkpoints_time", "tenant_id", "signed_at"),
)
