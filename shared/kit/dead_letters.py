"""What a consumer could not handle waits in a topic of its own until a person has looked at it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import ValidationError

from shared.contracts.topics import dead_letters_of, origin_of
from shared.core.errors import DomainError
from shared.core.ids import derived_id
from shared.kit.bus.port import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, and which group failed at it where."""

    message: Message
    group: str
    partition: int
    offset: int
    reason: str = ""
    failed_at: str = ""

    @classmethod
    def about(cls, message: Message, group: str, *, partition: int, offset: int) -> Self:
        return cls(message, group, partition, offset)

    @property
    def id(self) -> UUID:
        """The same whenever its group fails at these bytes in this place, so that it is written once."""
        digest = hashlib.sha256(self.message.value).hexdigest()
        return derived_id("letter", self.group, self.message.topic, self.partition, self.offset, digest)

    def addressed(self, reason: str, *, at: datetime) -> Message:
        """Give what goes to the dead letters: the same key, as far as it can be written, and bytes; headers say why."""
        headers = {
            "group": self.group,
            "topic": self.message.topic,
            "partition": str(self.partition),
            "offset": str(self.offset),
            "reason": reason,
            "failed_at": at.isoformat(),
        }
        topic, key = dead_letters_of(self.message.topic), _writable(self.message.key)
        return Message(topic, key, self.message.value, tuple((name, _writable(said)) for name, said in headers.items()))

    @classmethod
    def read(cls, dead: Message) -> Self:
        """Read a message of a dead-letter topic, also one that somebody else has put there."""
        said = dict(dead.headers)
        original = Message(origin_of(dead.topic), dead.key, dead.value)
        partition, offset = (_number(said.get(name, "")) for name in ("partition", "offset"))
        group, reason, failed_at = (said.get(name, "") for name in ("group", "reason", "failed_at"))
        return cls(original, group, partition, offset, reason, failed_at)

    def described(self) -> dict[str, object]:
        """Give what a log may say of it."""
        return {
            "topic": self.message.topic,
            "partition": self.partition,
            "offset": self.offset,
            "key": self.message.key,
        }


def _writable(text: str) -> str:
    """Replace what PostgreSQL cannot write, though Kafka and JSON can: NUL, and half a pair of surrogates."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _number(said: str) -> int:
    """Read a number, -1 where there is none."""
    try:
        return int(said)
    except ValueError:
        return -1


def reason_of(error: Exception) -> str:
    """Name the kind of a failure, never its words: they may quote personal data."""
    if isinstance(error, DomainError):
        return error.code
    if isinstance(error, ValidationError):
        places = sorted({".".join(str(part) for part in wrong["loc"]) for wrong in error.errors()})
        return f"invalid data: {', '.join(places[:5])}"
    return type(error).__name__
