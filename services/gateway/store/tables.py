"""The gateway's tables; `migrations/` creates the same ones, which a test compares.

The common `tenants` table is the master copy here: its rows are written by the gateway's use cases.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from shared.kit.org.tables import org_tables
from shared.kit.tables import kit_tables

metadata = MetaData()
kit = kit_tables(metadata)
org = org_tables(metadata)

EXEMPT = frozenset({"accounts", "api_clients", "quota_windows"})
"""Tables that no tenant predicate guards: credentials are read before the tenant is known, counts belong to none."""

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
    Column("secret_digest", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
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
