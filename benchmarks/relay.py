"""Outbox relay → Kafka: a full outbox drained by the relay, against aiokafka alone producing the same bytes.

The reference sends message after message with `producer.send`, idempotent and compressed like the relay's, with the
linger and batch size that gave it most here, and is told each partition beforehand: the hash of a key in Python would
otherwise take half of its time.
"""

import asyncio
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer

from benchmarks.events import published_scores
from benchmarks.ground import Ground
from benchmarks.harness import Figure, Goal, compare
from benchmarks.kit import kit_database
from shared.contracts.topics import Topic
from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.kafka.producing import partition_of
from shared.kit.bus.port import Message
from shared.kit.db import Database
from shared.kit.relay import Relay

_TOPIC = Topic("bench.relay", partitions=16, retention_days=1)
_FILL = """
INSERT INTO outbox (id, topic, key, payload, headers)
SELECT id, topic, key, payload, NULL FROM sample ORDER BY ordinal
"""
_SAMPLE = "CREATE TABLE sample (ordinal int, id uuid, topic text, key text, payload bytea)"


async def run(ground: Ground) -> list[Figure]:
    """Give messages a second."""
    events = list(published_scores(ground.sized(40_000, 200_000), topic=_TOPIC.name))
    messages = [message for _, message in events]
    partitions = [partition_of(message.key, _TOPIC.partitions) for message in messages]
    broker = await asyncio.to_thread(ground.kafka)
    async with kit_database(ground, "relay") as database:
        bus = KafkaBus(broker)
        await bus.prepare([_TOPIC])
        raw = await _open_raw(broker)
        try:
            await _keep_sample(database, events)
            relay = Relay(database, bus)
            await relay.recover()
            compared = await compare(
                lambda: _relayed(database, relay, len(events)),
                lambda: _produced(raw, messages, partitions),
                rounds=ground.sized(5, 7),
            )
        finally:
            await raw.stop()
            await bus.close()
    return [compared.figure("outbox relay → Kafka", "messages/s", goal=Goal("ratio", "at_least", 0.7))]


async def _relayed(database: Database, relay: Relay, count: int) -> float:
    """Fill the outbox, which is not measured, and let the relay empty it."""
    connection = await database.listener()
    await connection.execute("TRUNCATE outbox")
    await connection.execute(_FILL)
    await connection.execute("VACUUM ANALYZE outbox")
    await connection.close()
    began = time.perf_counter()
    carried = await relay.relay_once()
    seconds = time.perf_counter() - began
    if carried != count:
        raise RuntimeError(f"the relay carried {carried} of {count} rows")
    return count / seconds


async def _open_raw(broker: str) -> AIOKafkaProducer:
    """Set a producer up as somebody would who wants the same safety, and speed."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.removeprefix("kafka://"),
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=5,
        max_batch_size=128 * 1024,
    )
    await producer.start()
    return producer


async def _produced(producer: AIOKafkaProducer, messages: Sequence[Message], partitions: Sequence[int]) -> float:
    began = time.perf_counter()
    sent = [
        await producer.send(
            message.topic,
            message.value,
            key=message.key.encode(),
            partition=partition,
            headers=[(name, value.encode()) for name, value in message.headers],
        )
        for message, partition in zip(messages, partitions, strict=True)
    ]
    await asyncio.gather(*sent)
    return len(messages) / (time.perf_counter() - began)


async def _keep_sample(database: Database, events: Sequence[tuple[object, Message]]) -> None:
    connection = await database.listener()
    try:
        await connection.execute(_SAMPLE)
        await connection.copy_records_to_table(
            "sample",
            records=[
                (ordinal, event_id, message.topic, message.key, message.value)
                for ordinal, (event_id, message) in enumerate(events)
            ],
        )
    finally:
        await connection.close()
