"""What is kept outlives what it is kept for."""

from deploy.kafka.properties import server_properties
from shared.contracts.topics import DEAD_LETTER_DAYS, EVENT_TOPICS, SEGMENT_DAYS, TOPICS
from shared.kit import consumer, relay


def test_an_inbox_remembers_an_event_for_as_long_as_it_may_come_again() -> None:
    for topic in EVENT_TOPICS:
        kept, kept_as_letter = topic.retention_days + SEGMENT_DAYS, topic.dead_letters.retention_days + SEGMENT_DAYS
        given_up_by_the_last_group = relay.KEEP_DAYS + kept
        sent_again = given_up_by_the_last_group + DEAD_LETTER_DAYS + kept_as_letter
        assert sent_again + kept <= consumer.KEEP_DAYS


def test_a_group_without_members_keeps_its_place_for_as_long_as_it_has_something_to_read() -> None:
    """As that of dead letters always is: else all that people have dealt with would be pending again after a week."""
    text = server_properties(data="data", port=1, controller_port=2, advertised_port=1)
    minutes = dict(line.split("=", 1) for line in text.splitlines()).get("offsets.retention.minutes", "10080")
    assert int(minutes) > max(topic.retention_days + SEGMENT_DAYS for topic in TOPICS) * 24 * 60
