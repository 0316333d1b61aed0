"""Closing clients, whatever they make of it.

While the broker is away a client's own `stop` may end as cancelled though nobody cancelled it: it lets out the end of
a task of its own. Taken for one's own end, that would end whoever consumes or publishes, for ever and without a word.
"""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and close."""
    if not await _stopped(consumer):
        await consumer._client.close()  # noqa: SLF001 -- what `stop` had left to do


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Close; what was not acknowledged is waited for."""
    if not await _stopped(producer):
        await producer.client.close()


async def _stopped(client: AIOKafkaConsumer | AIOKafkaProducer) -> bool:
    """Stop, and tell whether that came to its end rather than to a cancellation of its own."""
    stopping = asyncio.create_task(client.stop())
    try:
        await asyncio.wait([stopping])
    finally:
        stopping.cancel()
    if stopping.cancelled():
        return False
    stopping.result()
    return True
