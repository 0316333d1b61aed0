"""The gateway's tables; `migrations/` creates the same ones, which a test compares.

The common `tenants` table is the master copy here: its rows are written by the gateway's use cases.
"""

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
    MetaData,
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

EXEMPT = frozenset(
    {"accounts", "api_clients", "client_keys", "used_assertions", "login_attempts", "quota_windows", "audit_chains"}
)
"""Tables that no tenant predicate guards: credentials are read before the tenant is known, counts belong to none,
and the ends of audit logs, which hold digests and numbers, are looked at across tenants."""

accounts = Table(
    "accounts",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("username", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("employee_id", UUID),
    Column("roles", ARRAY(Text), nullable=False),
    Column("hr_departments", ARRAY(UUID)),
    Column("active", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "username", name="accounts_username"),
    Index("accounts_login", "username"),
)

api_clients = Table(
    "api_clients",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("networks", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "name", name="api_clients_name"),
    UniqueConstraint("id", name="api_clients_id"),
)

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

client_keys = Table(
    "client_keys",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("client_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digest", LargeBinary),
    Column("jwk", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["tenant_id", "client_id"], ["api_clients.tenant_id", "api_clients.id"]),
    Index("client_keys_client", "client_id"),
)

used_assertions = Table(
    "used_assertions",
    metadata,
    Column("client_id", UUID, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
"""Digests of the ids of signed assertions, each good for one use."""

sessions = Table(
    "sessions",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("client_id", UUID),
    Column("methods", ARRAY(Text), nullable=False),
    Column("token_digest", LargeBinary, nullable=False),
    Column("previous_digest", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("refreshed_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
    Index("sessions_account", "tenant_id", "account_id"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("account_id", UUID, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("last_step", BigInteger, nullable=False),
    Column("recovery_digests", ARRAY(LargeBinary), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
)
"""By a digest of who is tried: an account, or a user name that is nobody's."""

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
