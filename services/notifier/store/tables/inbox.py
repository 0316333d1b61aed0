"""Tables of the inbox, and of what it remembers to write its sentences."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.notifier.store.tables.base import metadata

notifications = Table(
    "notifications",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("employee_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    UniqueConstraint("tenant_id", "employee_id", "dedupe_key", name="notifications_dedupe"),
    Index("notifications_inbox", "tenant_id", "employee_id", "id"),
)

reminder_rules = Table(
    "reminder_rules",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("task", Text, nullable=False),
    Column("days_before_or_after", ARRAY(SmallInteger), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "task", name="reminder_rules_task"),
)

cycles = Table(
    "cycles",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("department_id", UUID, nullable=False),
    Column("cycle_id", UUID, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_on", Date, nullable=False),
)

# What each score run did to each department, summed over the events that tell of the run.
digests = Table(
    "digests",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("run_id", UUID, primary_key=True),
    Column("department_id", UUID, primary_key=True),
    Column("changed", Integer, nullable=False),
    Column("before_count", Integer, nullable=False),
    Column("before_sum", Numeric, nullable=False),
    Column("after_count", Integer, nullable=False),
    Column("after_sum", Numeric, nullable=False),
)
