"""Which of a service's tables hold what of a tenant, and what of it no export shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Column, MetaData, Table

from shared.kit.db import Database

TENANTS = "tenants"
LEFT_OUT: Mapping[str, str] = {
    "answers": "answers kept for a week in case a request is repeated; what they say lies in the other tables",
    "outbox": "events on their way to other services, which are told from the other tables",
    "outbox_reach": "how far the bus goes; of no company",
    "inbox": "ids of events that were handled; of no company",
    "erasures": "digests of those who are erased",
    "revocations": "tokens that are void, for the minutes until they end by themselves",
}
"""The common tables that no export has, and why."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """A service's tables, as declared."""

    database: Database
    metadata: MetaData
    secrets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By table the columns by which somebody proves who they are: no export has them, not even sealed."""
    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By table the columns of bytes that are text; other bytes are written in hexadecimal digits."""
    traces: Sequence[str] = ()
    """Statements that erase what else tells of a tenant (`$1` its id); they run first, while all rows are there."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Tables of the service's own that no export has, and why."""

    @property
    def tables(self) -> Sequence[Table]:
        """Give the tables with rows of tenants, those that others refer to first."""
        return [table for table in self.metadata.sorted_tables if table.name == TENANTS or "tenant_id" in table.c]

    @property
    def exported(self) -> Sequence[Table]:
        return [table for table in self.tables if table.name not in self.reasons]

    @property
    def reasons(self) -> Mapping[str, str]:
        """Say why a table is left out, by its name."""
        return {**LEFT_OUT, **self.left_out}


def tenant_column(table: Table) -> Column[object]:
    """Give the column that says whose a row is."""
    return table.c["id" if table.name == TENANTS else "tenant_id"]
