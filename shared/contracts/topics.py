"""Topics as data: one per family of events of a producing service, and one beside each for its dead letters."""

from dataclasses import dataclass

_DEAD = ".dead"
DEAD_LETTER_DAYS = 30
"""Less than an inbox remembers, so that a letter that is sent again has its effect once."""

SEGMENT_DAYS = 1
"""Messages go by whole segments, so that one may stay for so much longer than its topic says."""


def is_dead_letters(topic: str) -> bool:
    return topic.endswith(_DEAD)


def dead_letters_of(topic: str) -> str:
    """Name the topic where dead letters of this one go."""
    return f"{topic}{_DEAD}"


def origin_of(topic: str) -> str:
    """Name the topic whose dead letters these are."""
    return topic.removesuffix(_DEAD)


@dataclass(frozen=True, slots=True)
class Topic:
    """A named log; all events of one key stay in order."""

    name: str
    partitions: int
    retention_days: int
    compacted: bool = False
    """Older events of a key may go once a newer one is there: each is a whole document."""
    shared: bool = False
    """Every service writes here; the one it is named after keeps what they say."""

    @property
    def dead_letters(self) -> "Topic":
        """Where what some consumer of this topic could not handle waits for a person."""
        return Topic(dead_letters_of(self.name), partitions=1, retention_days=DEAD_LETTER_DAYS)

    @property
    def producer(self) -> str:
        """The service whose events these are."""
        return self.name.partition(".")[0]


AUDIT = Topic("gateway.audit", partitions=4, retention_days=30, shared=True)
TENANCY = Topic("gateway.tenancy", partitions=1, retention_days=30)
ORGANISATION = Topic("archive.organisation", partitions=8, retention_days=30, compacted=True)
RECORDS = Topic("archive.records", partitions=8, retention_days=30)
OBSERVATIONS = Topic("connector.observations", partitions=16, retention_days=30)
BUSINESS_TARGETS = Topic("connector.business-targets", partitions=1, retention_days=30)
SCORES = Topic("performance.scores", partitions=16, retention_days=30)
PROCEDURE = Topic("performance.procedure", partitions=4, retention_days=30)

EVENT_TOPICS = (AUDIT, TENANCY, ORGANISATION, RECORDS, OBSERVATIONS, BUSINESS_TARGETS, SCORES, PROCEDURE)
DEAD_LETTER_TOPICS = tuple(topic.dead_letters for topic in EVENT_TOPICS)
TOPICS = (*EVENT_TOPICS, *DEAD_LETTER_TOPICS)
_SHARED = frozenset(topic.name for topic in TOPICS if topic.shared)


def has_many_writers(topic: str) -> bool:
    """Tell whether several services write to it, none of which knows what the others have written."""
    return topic in _SHARED or is_dead_letters(topic)
