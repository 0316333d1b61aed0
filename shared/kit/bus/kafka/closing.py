"""Closing a consumer, whatever its client makes of it."""

import asyncio

from aiokafka import AIOKafkaConsumer


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and close.

    While the broker is away the client's own `stop` may end as cancelled though nobody cancelled it: it lets out the
    end of fetches that it cancels in the middle of a pause. Taken for one's own, that would end whoever consumes, for
    ever and without a word.
    """
    stopping = asyncio.create_task(consumer.stop())
    try:
        await asyncio.wait([stopping])
    finally:
        stopping.cancel()
    if not stopping.cancelled():
        stopping.result()
        return
    await consumer._client.close()  # noqa: SLF001 -- what `stop` had left to do
