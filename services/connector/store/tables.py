"""The connector's tables; `migrations/` creates the same ones, which a test compares."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.kit.org.tables import org_tables
from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)
org = org_tables(metadata)


def _of_connection() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"])


def _of_observation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "observation_id"], ["observations.tenant_id", "observations.id"])


connections = Table(
    "connections",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stale_after_hours", Integer),
    Column("last_received_at", DateTime(timezone=True)),
    Column("stale_since", DateTime(timezone=True)),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "key", name="connections_key"),
)

identity_links = Table(
    "identity_links",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("connection_id", UUID, nullable=False),
    Column("value", Text, nullable=False),
    Column("employee_id", UUID, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("created_at", DateTime(timezone=True), nullable=False),
    _of_connection(),
    Index("identity_links_value", "tenant_id", "connection_id", "value"),
)

observations = Table(
    "observations",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("connection_id", UUID, nullable=False),
    Column("remote_id", Text(collation="C"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("decision", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("measure", Text),
    Column("value", Numeric),
    Column("currency", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("credit_date", Date),
    Column("cohort_date", Date),
    Column("credit_date_stated", Boolean, nullable=False),
    Column("dimensions", JSONB, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("dismissed_by", Text),
    Column("dismissal_reason", Text),
    # whom it credits as a whole; null where `observation_parts` says whom with what, or where nothing was stated
    Column("reference_kind", Text),
    Column("reference", Text),
    Column("subject_kind", Text),
    Column("subject_id", UUID),
    Column("problem", Text),
    UniqueConstraint("tenant_id", "connection_id", "remote_id", name="observations_remote_id"),
    Index("observations_subject", "tenant_id", "subject_id"),
    Index("observations_reference", "tenant_id", "reference", "reference_kind", "subject_kind"),
    Index("observations_day", "tenant_id", "connection_id", "measure", "credit_date"),
    Index("observations_quarantined", "tenant_id", "id", postgresql_where=text("status = 'quarantined'")),
)


def _credit() -> tuple[Column[Any], ...]:
    return (
        Column("tenant_id", UUID, primary_key=True),
        Column("observation_id", UUID, primary_key=True),
        Column("position", SmallInteger, primary_key=True),
        Column("reference_kind", Text, nullable=False),
        Column("reference", Text, nullable=False),
        Column("fraction", Numeric, nullable=False),
        Column("value", Numeric, nullable=False),
        Column("subject_kind", Text),
        Column("subject_id", UUID),
        Column("problem", Text),
    )


observation_parts = Table(
    "observation_parts",
    metadata,
    *_credit(),
    _of_observation(),
    Index("observation_parts_subject", "tenant_id", "subject_id"),
    Index("observation_parts_reference", "tenant_id", "reference", "reference_kind", "subject_kind"),
)

observation_credits = Table("observation_credits", MetaData(), *_credit())
"""A view: the whole credits of `observations`, and `observation_parts`."""

observation_history = Table(
    "observation_history",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("observation_id", UUID, primary_key=True),
    Column("decision", Integer, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    _of_observation(),
)

tallies = Table(
    "tallies",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("connection_id", UUID, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("credit_date", Date, primary_key=True),
    Column("duplicates", BigInteger, nullable=False),
    Column("corrections", BigInteger, nullable=False),
    Column("ignored", BigInteger, nullable=False),
    _of_connection(),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("connection_id", UUID, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("complete_through", Date, nullable=False),
    Column("declared_at", DateTime(timezone=True), nullable=False),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    _of_connection(),
)

business_targets = Table(
    "business_targets",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("connection_id", UUID, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", UUID),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("value", Numeric, nullable=False),
    Column("currency", Text),
    Column("sequence", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "connection_id", "remote_id", name="business_targets_remote_id"),
    _of_connection(),
)
