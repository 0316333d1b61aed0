"""Tables every service has beside its own: tenants' copy, outbox, inbox, stored answers, and whose tokens are void."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

WITHOUT_ROW_SECURITY = frozenset(
    {"tenants", "outbox", "outbox_reach", "inbox", "revocations", "erasures", "alembic_version"}
)
"""Tables of every service that no tenant predicate guards: they are read across tenants by the service itself."""


@dataclass(frozen=True, slots=True)
class KitTables:
    tenants: Table
    outbox: Table
    outbox_reach: Table
    inbox: Table
    answers: Table
    revocations: Table
    erasures: Table


def kit_tables(metadata: MetaData) -> KitTables:
    """Declare the common tables on a service's metadata; `shared.kit.migrations` creates the same ones."""
    return KitTables(
        tenants=_tenants(metadata),
        outbox=_outbox(metadata),
        outbox_reach=_outbox_reach(metadata),
        inbox=_inbox(metadata),
        answers=_answers(metadata),
        revocations=_revocations(metadata),
        erasures=_erasures(metadata),
    )


def _tenants(metadata: MetaData) -> Table:
    return Table(
        "tenants",
        metadata,
        Column("id", UUID, primary_key=True),
        Column("sequence", BigInteger, nullable=False),
        Column("name", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("zone", Text, nullable=False),
        Column("currency", Text, nullable=False),
        Column("locale", Text, nullable=False),
        Column("sandbox", Boolean, nullable=False),
        Column("clock_offset_seconds", BigInteger, nullable=False),
    )


def _outbox(metadata: MetaData) -> Table:
    return Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("id", UUID, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
        Column("published_at", DateTime(timezone=True)),
        Column("headers", JSONB),
        Column("partition", Integer),
        Column("offset", BigInteger),
        Index("outbox_waiting", "position", postgresql_where=text("published_at IS NULL")),
        Index("outbox_published", "published_at", postgresql_where=text("published_at IS NOT NULL")),
    )


def _outbox_reach(metadata: MetaData) -> Table:
    return Table(
        "outbox_reach",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("log_id", Text, nullable=False),
        Column("next", BigInteger, nullable=False),
        Column("floor", BigInteger, nullable=False, server_default=text("0")),
    )


def _inbox(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("event_id", UUID, primary_key=True),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
        Index("inbox_received", "received_at"),
    )


def _answers(metadata: MetaData) -> Table:
    return Table(
        "answers",
        metadata,
        Column("tenant_id", UUID, primary_key=True),
        Column("caller", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", SmallInteger, nullable=False),
        Column("headers", LargeBinary, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("stored_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    )


def _revocations(metadata: MetaData) -> Table:
    return Table(
        "revocations",
        metadata,
        Column("principal", Text, primary_key=True),
        Column("session", Text, primary_key=True),
        Column("revoked_at", DateTime(timezone=True), nullable=False),
    )


def _erasures(metadata: MetaData) -> Table:
    return Table(
        "erasures",
        metadata,
        Column("digest", LargeBinary, primary_key=True),
        Column("tenant", UUID),
        Column("ordered_at", DateTime(timezone=True), nullable=False),
        Column("known_at", DateTime(timezone=True)),
        Column("erased_at", DateTime(timezone=True)),
    )
