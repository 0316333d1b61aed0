"""Getting past a record that the client cannot read: a stranger's, with a header whose name is no UTF-8.

The client raises where it comes to such a record, without what lies before it, and does so for ever.
"""

from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

_WAIT_MILLISECONDS = 500
_SHARE = 8
"""So many times fewer records are taken at once, until what can be read comes without what cannot."""


async def next_of_each(consumer: AIOKafkaConsumer, *, at_most: int) -> Mapping[TopicPartition, list[ConsumerRecord]]:
    """Give what is next in each partition, from where its group is."""
    places = sorted(consumer.assignment())
    ends = await consumer.end_offsets(places)
    found: dict[TopicPartition, list[ConsumerRecord]] = {}
    for place in places:
        committed = await consumer.committed(place)
        if committed is None:
            await consumer.seek_to_beginning(place)
        else:
            consumer.seek(place, committed)
        at = await consumer.position(place)
        if at < ends[place]:
            found[place] = await next_of(consumer, place, at, at_most=at_most)
    return found


async def next_of(consumer: AIOKafkaConsumer, place: TopicPartition, at: int, *, at_most: int) -> list[ConsumerRecord]:
    """Give records from where the client is; one that cannot be read alone, without key, value and headers."""
    while True:
        try:
            found = await consumer.getmany(place, timeout_ms=_WAIT_MILLISECONDS, max_records=at_most)
        except UnicodeDecodeError:
            consumer.seek(place, at)
        else:
            records: list[ConsumerRecord] = found.get(place, [])
            return records
        if at_most == 1:
            break
        at_most = max(1, at_most // _SHARE)
    consumer.seek(place, at + 1)
    return [ConsumerRecord(place.topic, place.partition, at, 0, 0, None, None, None, -1, -1, ())]
