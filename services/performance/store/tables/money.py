"""Tables of money: exchange rates with every revision, and the currencies that measures have come in."""

from sqlalchemy import Column, Date, DateTime, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.performance.store.tables.base import metadata

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("base", Text, primary_key=True),
    Column("quote", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("rate", Numeric),
    Column("source", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("superseded_at", DateTime(timezone=True)),
)
"""What one of `base` is worth in `quote`; a rate that is null was withdrawn."""

measure_currencies = Table(
    "measure_currencies",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
)
"""In which currencies observations of a measure have ever come; an empty text stands for none."""
