"""Tables of the webhooks."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.notifier.store.tables.base import metadata

_NOW = text("clock_timestamp()")

endpoints = Table(
    "endpoints",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("url", Text, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False),
    Column("payload", Text, nullable=False),
    Column("description", Text),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", Text),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("endpoint_id", UUID, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("not_after", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "endpoint_id"], ["endpoints.tenant_id", "endpoints.id"], ondelete="CASCADE"),
    Index("secrets_endpoint", "tenant_id", "endpoint_id"),
)

# The exact bytes to sign and send, once for each form in which an endpoint wants them.
messages = Table(
    "messages",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("payload", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("messages_stored", "tenant_id", "stored_at"),
)

# `due_at` is when a delivery may be claimed: at its turn or, while it is leased, once the lease has run out.
deliveries = Table(
    "deliveries",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("endpoint_id", UUID, nullable=False),
    Column("message_id", UUID, nullable=False),
    Column("payload", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("lease_token", UUID),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    ForeignKeyConstraint(["tenant_id", "endpoint_id"], ["endpoints.tenant_id", "endpoints.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(
        ["tenant_id", "message_id", "payload"],
        ["messages.tenant_id", "messages.id", "messages.payload"],
        ondelete="CASCADE",
    ),
    Index(
        "deliveries_open",
        "tenant_id",
        "endpoint_id",
        "due_at",
        "id",
        postgresql_where=text("state IN ('pending', 'leased')"),
    ),
    Index("deliveries_log", "tenant_id", "endpoint_id", "id"),
    Index("deliveries_subject", "tenant_id", "endpoint_id", "subject", "sequence"),
    Index("deliveries_message", "tenant_id", "message_id", "payload"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("delivery_id", UUID, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", SmallInteger),
    Column("response", Text, nullable=False),
    Column("error", Text),
    ForeignKeyConstraint(["tenant_id", "delivery_id"], ["deliveries.tenant_id", "deliveries.id"], ondelete="CASCADE"),
)
