"""Committing offsets as the member that fetched, where it fetched.

A client's own `commit` asks on until it is let, as whoever it is by then: a member of another generation or, while it
joins anew, of none; in whatever has the topic's name by then. After a broker has lost its disk, or a topic was made
anew, that would take a group past messages it never had.
"""

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
)
from aiokafka.util import commit_structure_validate

Membership = tuple[int, str]
"""The generation of a group, and who one is in it."""
NOBODY: Membership = (-1, "")
"""A stranger to the group, who may move it while it has no members."""
_OTHERWISE = (UnknownMemberIdError, IllegalGenerationError, RebalanceInProgressError)
_PAUSE_SECONDS = 0.1


def membership_of(consumer: AIOKafkaConsumer) -> Membership:
    coordinator = consumer._coordinator  # noqa: SLF001 -- nobody else says so
    return coordinator.generation, coordinator.member_id


async def commit_as(member: Membership, consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit, however long the group's coordinator is away.

    Raises CommitFailedError where the client is no longer that member, UnknownTopicOrPartitionError where a topic is
    gone.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 -- its `commit_offsets` is the one that asks on
    wanted = commit_structure_validate(dict(offsets))
    while True:
        await coordinator.ensure_coordinator_known()
        try:
            async with coordinator._commit_lock:  # noqa: SLF001 -- see above
                if membership_of(consumer) != member:
                    raise CommitFailedError("the group has another generation")
                await asyncio.shield(coordinator._do_commit_offsets(None, wanted))  # noqa: SLF001 -- see above
                return
        except _OTHERWISE as error:
            raise CommitFailedError("the group has another generation") from error
        except UnknownTopicOrPartitionError:
            raise
        except KafkaError as error:
            if not error.retriable:
                raise
        except KeyError:  # the client's own, where an answer took too long and the connection is gone as well
            coordinator.coordinator_dead()
        await asyncio.sleep(_PAUSE_SECONDS)
