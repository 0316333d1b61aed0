"""A schema with nothing in it but the kit's own tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from benchmarks.ground import Ground, dsn_of
from shared.kit.db import Database
from shared.kit.migrations import ERASURES_DDL, KIT_DDL, PLACES_DDL

_SCHEMA = "bench"


@asynccontextmanager
async def kit_database(ground: Ground, name: str) -> AsyncIterator[Database]:
    url = await ground.database(name)
    connection = await asyncpg.connect(dsn_of(url))
    try:
        tables = f"{KIT_DDL}; {PLACES_DDL}; {ERASURES_DDL}"
        await connection.execute(f"CREATE SCHEMA {_SCHEMA}; SET search_path TO {_SCHEMA}; {tables}")
    finally:
        await connection.close()
    database = Database(url, schema=_SCHEMA, pool_size=5)
    try:
        yield database
    finally:
        await database.close()
