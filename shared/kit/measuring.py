"""Looks every few seconds at what waits: rows in the outbox, messages of the group, letters nobody has dealt with."""

from typing import Any

from sqlalchemy import text

from shared.contracts.topics import DEAD_LETTER_TOPICS
from shared.kit.bus.port import Bus
from shared.kit.consumer import Consumer
from shared.kit.db import Database
from shared.kit.letterbox import GROUP as LETTERS
from shared.kit.metrics import DEAD_LETTERS, LAG, OLDEST, WAITING

_OUTBOX = text(
    "SELECT count(*) AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS oldest"
    " FROM outbox WHERE published_at IS NULL"
)


async def measure(service: str, database: Database, bus: Bus, consumer: Consumer[Any]) -> None:
    """Set the gauges of one service."""
    async with database.transaction() as tx:
        outbox = (await tx.execute(_OUTBOX)).one()
    WAITING.labels(service).set(outbox.waiting)
    OLDEST.labels(service).set(outbox.oldest)
    for (topic, partition), messages in (await bus.lag(group=consumer.group, topics=consumer.topics)).items():
        LAG.labels(consumer.group, topic, str(partition)).set(messages)
    own = [topic.name for topic in DEAD_LETTER_TOPICS if topic.producer == service]
    for (topic, _), letters in (await bus.lag(group=LETTERS, topics=own)).items():
        DEAD_LETTERS.labels(topic).set(letters)
