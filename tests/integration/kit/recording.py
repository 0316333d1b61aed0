"""An event of the tests alone, what says and reads it, and a bus that records what it is given."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import EventData, read_head
from shared.contracts.topics import Topic
from shared.kit.bus.port import Extent, Message, Place
from shared.kit.db import Database
from shared.kit.reach import LostMessages
from shared.kit.relay import Relay
from shared.kit.unit_of_work import UnitOfWork, Works


class NoteTaken(EventData):
    """An event type of the tests alone."""

    event_type: ClassVar[str] = "note.taken.v1"
    topic: ClassVar[Topic] = Topic("test.notes", partitions=1, retention_days=1)

    about: str
    note: str
    counts: dict[str, int] = Field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"notes/{self.about}"


TOPIC = NoteTaken.topic.name


class RecordingBus:
    """A bus that keeps what it was given, and can be told to break after keeping it, or to lose what it kept."""

    def __init__(self) -> None:
        self.log_id = "first"
        self.log: list[Message] = []
        self.messages: list[Message] = []
        """Everything ever appended."""
        self.break_after_publish = False

    async def publish(self, messages: Sequence[Message]) -> Sequence[Place]:
        first = len(self.log)
        self.log += messages
        self.messages += messages
        if self.break_after_publish:
            self.break_after_publish = False
            raise ConnectionError("cut after the append")
        return [Place(0, first + ordinal) for ordinal in range(len(messages))]

    async def extent(self, topics: Sequence[str]) -> Extent:
        return Extent(self.log_id, {(topic, 0): len(self.log) for topic in topics})

    async def prepare(self, topics: Sequence[Topic]) -> None:
        """Need nothing."""

    def notes(self, *, since: int = 0) -> list[str]:
        """Read what the log holds from an offset on."""
        return [note_of(message) for message in self.log[since:]]


def note_of(message: Message) -> str:
    return NoteTaken.model_validate_json(bytes(read_head(message.value).data)).note


async def note(works: Works[UnitOfWork], tenant_id: UUID, *notes: str, commit: bool = True) -> None:
    async with works.begin(tenant_id) as uow:
        for text in notes:
            uow.publish(NoteTaken(about="one", note=text))
        if commit:
            await uow.commit()


async def drain(relay: Relay) -> None:
    """Do what a running relay does: look whether the bus is whole, and publish until nothing waits."""
    await relay.recover()
    while True:
        try:
            if not await relay.relay_once():
                return
        except LostMessages:
            await relay.recover()


async def places_of(database: Database) -> list[tuple[int, int]]:
    connection = await database.listener()
    try:
        rows = await connection.fetch('SELECT partition, "offset" FROM outbox ORDER BY position')
        return [(row["partition"], row["offset"]) for row in rows]
    finally:
        await connection.close()
