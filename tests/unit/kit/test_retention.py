"""What is kept outlives what it is kept for."""

from shared.contracts.topics import DEAD_LETTER_DAYS, EVENT_TOPICS, SEGMENT_DAYS
from shared.kit import consumer, relay


def test_an_inbox_remembers_an_event_for_as_long_as_it_may_come_again() -> None:
    for topic in EVENT_TOPICS:
        kept, kept_as_letter = topic.retention_days + SEGMENT_DAYS, topic.dead_letters.retention_days + SEGMENT_DAYS
        given_up_by_the_last_group = relay.KEEP_DAYS + kept
        sent_again = given_up_by_the_last_group + DEAD_LETTER_DAYS + kept_as_letter
        assert sent_again + kept <= consumer.KEEP_DAYS
