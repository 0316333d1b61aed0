"""All that a service holds of one tenant, written down: a file of JSON lines for each table, and a manifest."""

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Table, text

from shared.kit.db import Transaction
from shared.kit.holdings.tables import Holdings, tenant_column

_CONSISTENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
_REVISION = text("SELECT version_num FROM alembic_version")
_ROWS = 500
"""Held in memory at a time."""
Piece = tuple[str, bytes]
"""The name of a file, and what comes next in it."""


@dataclass(slots=True)
class Written:
    """What became of one table."""

    rows: int = 0
    sha256: str = ""
    withheld: list[str] = field(default_factory=list)
    """Columns that the export does not have."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds of one service; digests are of the files."""

    service: str
    tenant_id: UUID
    taken_at: datetime
    schema_revision: str
    tables: Mapping[str, Written]
    left_out: Mapping[str, str]
    """Tables that are not in it, and why."""


async def exported(
    holdings: Holdings, tenant_id: UUID, *, at: datetime, without: Mapping[str, str] | None = None
) -> AsyncIterator[Piece]:
    """Give the files of a service piece by piece, as they were at one moment, the manifest last.

    `without` names further tables that are left out, and why.
    """
    service, left_out = holdings.database.schema, {**holdings.reasons, **(without or {})}
    tables: dict[str, Written] = {}
    async with holdings.database.transaction() as tx:
        await tx.execute(_CONSISTENT)
        await tx.enter_tenant(tenant_id)
        revision = (await tx.execute(_REVISION)).scalar_one()
        for table in holdings.exported:
            if table.name not in left_out:
                written = tables[str(table.name)] = Written(withheld=sorted(holdings.secrets.get(table.name, ())))
                async for lines in _lines(tx, table, tenant_id, holdings, written):
                    yield f"{service}/{table.name}.ndjson", lines
    known = {name: reason for name, reason in left_out.items() if name in holdings.metadata.tables}
    manifest = Manifest(service, tenant_id, at, revision, tables, known)
    yield f"{service}/manifest.json", orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)


async def _lines(
    tx: Transaction, table: Table, tenant_id: UUID, holdings: Holdings, written: Written
) -> AsyncIterator[bytes]:
    """Give a table's rows in the order of its key; an empty table is an empty file."""
    digest = hashlib.sha256()
    rows = await _cursor(tx, table, tenant_id, holdings)
    found: list[Any] = await rows.fetch(_ROWS)
    yield b""
    while found:
        lines = "".join(f"{row[0]}\n" for row in found).encode()
        digest.update(lines)
        written.rows += len(found)
        yield lines
        found = await rows.fetch(_ROWS)
    written.sha256 = digest.hexdigest()


async def _cursor(tx: Transaction, table: Table, tenant_id: UUID, holdings: Holdings) -> "asyncpg.cursor.Cursor":
    """Let the server write the rows: its numbers keep all their digits."""
    row = "to_jsonb(held)"
    if texts := holdings.texts.get(table.name):
        parts = ", ".join(f"'{name}', convert_from(held.{_quoted(name)}, 'UTF8')" for name in sorted(texts))
        row = f"{row} || jsonb_build_object({parts})"
    order = ", ".join(_quoted(column.name) for column in table.primary_key.columns)
    statement = (
        f"SELECT (({row}) - $2::text[])::text FROM {_quoted(table.name)} AS held"  # noqa: S608 -- our own names
        f" WHERE {_quoted(tenant_column(table).name)} = $1 ORDER BY {order}"
    )
    withheld: Collection[str] = holdings.secrets.get(table.name, ())
    return await (await tx.driver()).cursor(statement, tenant_id, list(withheld))


def _quoted(name: str) -> str:
    return f'"{name}"'
