"""Who vouches for a company's people, and whose accounts those are whom it names."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from services.gateway.store.tables.base import metadata

identity_providers = Table(
    "identity_providers",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("client_secret", LargeBinary),
    Column("claim", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("unknown_people", Text, nullable=False),
    Column("default_roles", ARRAY(Text), nullable=False),
    Column("local_passwords", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

federated_identities = Table(
    "federated_identities",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("account_id", UUID, nullable=False),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "account_id"], ["accounts.tenant_id", "accounts.id"]),
    UniqueConstraint("tenant_id", "account_id", "issuer", name="federated_identities_account"),
)
