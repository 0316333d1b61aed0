"""The reference of everything that takes observations in: PostgreSQL's own COPY of the same rows."""

import io
import time

import asyncpg

_TABLE = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE bench.observations (
    LIKE connector.observations,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, connection_id, remote_id)
)
"""
_SAME = "SELECT * FROM connector.observations ORDER BY id DESC LIMIT $1"


class Copied:
    """An empty table with the columns and the keys of `connector.observations`, and nothing else upon it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def begin(self) -> None:
        await self._connection.execute(_TABLE)

    async def copy(self, rows: int) -> float:
        """Copy the newest rows that the connector holds, all in one transaction; gives rows a second."""
        buffer = io.BytesIO()
        await self._connection.copy_from_query(_SAME, rows, output=buffer)
        buffer.seek(0)
        await self._connection.execute("TRUNCATE bench.observations")
        began = time.perf_counter()
        status = await self._connection.copy_to_table("observations", schema_name="bench", source=buffer)
        seconds = time.perf_counter() - began
        if status != f"COPY {rows}":
            raise RuntimeError(f"expected {rows} rows, got: {status}")
        return rows / seconds
