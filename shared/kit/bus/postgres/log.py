"""The log as it lies in PostgreSQL, and what whoever opens a connection to it keeps to."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

import asyncpg

from shared.kit.bus.port import MAX_MESSAGE_BYTES, Batch, Message
from shared.kit.db import CONNECT_SECONDS, SHORT_LIVED, STATEMENT_SECONDS

SCHEMA = "bus"
MAX_BATCH_BYTES = 2 * MAX_MESSAGE_BYTES
"""What is given of a topic at once, but for the rest of the last message: so much is held in memory."""
DDL = """
CREATE TABLE IF NOT EXISTS bus.head (topic text PRIMARY KEY, next bigint NOT NULL);
CREATE TABLE IF NOT EXISTS bus.log (
    topic text NOT NULL,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, "offset")
);
ALTER TABLE bus.log ADD COLUMN IF NOT EXISTS headers jsonb;
CREATE TABLE IF NOT EXISTS bus.progress (
    consumer text NOT NULL, topic text NOT NULL, next bigint NOT NULL, PRIMARY KEY (consumer, topic)
);
CREATE TABLE IF NOT EXISTS bus.identity (log_id uuid NOT NULL);
INSERT INTO bus.identity SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT FROM bus.identity);
"""
SIZED = """(
    SELECT *, sum(octet_length(value)) OVER (ORDER BY "offset") - octet_length(value) AS bytes_before
    FROM (SELECT * FROM bus.log WHERE {found} ORDER BY "offset" LIMIT {limit}) AS found
) AS log"""
"""Messages, each with the bytes of those before it."""
TAKE_LOCK = "SELECT pg_try_advisory_lock(20, $1)"
"""Of its group, by whoever is its active member."""


def limits() -> dict[str, Any]:
    """Say how long a connection waits for an answer, and the server for a sign of the client."""
    session = {"application_name": f"steelyard-{SCHEMA}", **SHORT_LIVED}
    return {"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS, "server_settings": session}


def read_batch(topic: str, rows: Sequence[asyncpg.Record]) -> Batch:
    return Batch(
        topic=topic,
        partition=0,
        first_offset=rows[0]["offset"],
        next_offset=rows[-1]["offset"] + 1,
        messages=tuple(Message(topic, row["key"], row["value"], _read_headers(row["headers"])) for row in rows),
        offsets=tuple(row["offset"] for row in rows),
    )


def lock_of(group: str) -> int:
    """Name a group by a number that fits PostgreSQL's `integer`."""
    return zlib.crc32(group.encode()) >> 1


def _read_headers(written: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in json.loads(written)) if written else ()
