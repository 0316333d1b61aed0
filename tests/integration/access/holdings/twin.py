"""A company made of another one's rows, for tests that leave nothing of it; written as the superuser."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg

from shared.kit.holdings.tables import Holdings, tenant_column
from tests.factories.installation import Installation

CANARY = "Kanarienvogel"
"""Stands in what is copied nowhere else."""
_COPY = """
INSERT INTO {schema}."{table}" SELECT (jsonb_populate_record(held, jsonb_build_object('{owner}', $2::uuid))).*
FROM {schema}."{table}" AS held WHERE "{owner}" = $1 ON CONFLICT DO NOTHING
"""
_SAY = """
INSERT INTO {schema}.outbox (id, topic, key, payload, published_at)
VALUES (gen_random_uuid(), 'archive.records', $1 || '/employees/1', convert_to($2, 'UTF8'), now())
"""
_ANSWER = """
INSERT INTO {schema}.answers (tenant_id, caller, key, fingerprint, status, headers, body)
VALUES ($1, 'me', 'twin', '', 200, '', convert_to($2, 'UTF8'))
"""
_LOG = """
INSERT INTO bus.log (topic, "offset", key, value) VALUES ('test.twin', $3, $1 || '/x', convert_to($2, 'UTF8'))
"""
_MENTIONS = """SELECT count(*) FROM {table} AS held WHERE to_jsonb(held)::text LIKE ANY ($1)"""
_TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = ANY ($1) ORDER BY 1
"""
_DIGEST = """
SELECT md5(coalesce(string_agg(to_jsonb(held)::text, '' ORDER BY to_jsonb(held)::text), ''))
FROM {schema}."{table}" AS held WHERE "{owner}" = ANY ($1)
"""


@asynccontextmanager
async def superuser(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(installation.admin_url.replace("+asyncpg", "", 1))
    try:
        yield connection
    finally:
        await connection.close()


async def twin_of(installation: Installation, holdings: Mapping[str, Holdings], tenant_id: UUID) -> UUID:
    """Copy a company under a new id, with a canary in every place that no table of a service declares."""
    twin = uuid4()
    async with superuser(installation) as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # some ids are unique without a tenant
        for schema, held in holdings.items():
            for table in held.tables:
                place = {"schema": schema, "table": table.name, "owner": tenant_column(table).name}
                await connection.execute(_COPY.format(**place), tenant_id, twin)
            await connection.execute(f"UPDATE {schema}.tenants SET name = $2 WHERE id = $1", twin, CANARY)  # noqa: S608
            await connection.execute(_SAY.format(schema=schema), str(twin), CANARY)
            await connection.execute(_ANSWER.format(schema=schema), twin, CANARY)
        await connection.execute(_LOG, str(twin), CANARY, twin.int % 10**15)
    return twin


async def mentions(installation: Installation, schemas: list[str], tenant_id: UUID) -> dict[str, int]:
    """Count, in every table of every schema, the rows in which the id or the canary stands, as text or as bytes."""
    words = [str(tenant_id), CANARY]
    wanted = [f"%{form}%" for word in words for form in (word, word.encode().hex())] + [f"%{tenant_id.hex}%"]
    async with superuser(installation) as connection:
        tables = [row[0] for row in await connection.fetch(_TABLES, schemas)]
        counts = {table: await connection.fetchval(_MENTIONS.format(table=table), wanted) for table in tables}
    return {table: count for table, count in counts.items() if count}


async def digests(
    installation: Installation, holdings: Mapping[str, Holdings], tenants: list[UUID]
) -> dict[tuple[str, str], str]:
    """Give a digest of all rows of companies, by schema and table."""
    async with superuser(installation) as connection:
        return {
            (schema, table.name): await connection.fetchval(
                _DIGEST.format(schema=schema, table=table.name, owner=tenant_column(table).name), tenants
            )
            for schema, held in holdings.items()
            for table in held.tables
        }
