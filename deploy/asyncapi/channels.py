"""Channels: one a topic with its order keys and settings, and one for each topic's dead letters."""

from collections.abc import Sequence
from datetime import timedelta

from deploy.asyncapi.catalogue import Kind, consumers_of, kinds_of, meaning_of, order_key_of
from deploy.asyncapi.messages import BINDING_VERSION, DEAD_LETTER, reference_to_message
from deploy.asyncapi.schemas import Json
from shared.contracts.topics import EVENT_TOPICS, Topic

_COMPACTED = """
Compacted: each event is a whole document, and the older ones of a key may be gone. What is older than the retention
is gone all the same; `steelyard republish {service}` tells everything anew."""
_LETTERS = """\
Letters come from the groups named here, through their services' own outboxes: {groups}.
No service reads them: an operator inspects them, and sends them again once the cause is mended.
"""


def channels() -> Json:
    """Give every channel by its topic's name."""
    live = {topic.name: _channel(topic) for topic in EVENT_TOPICS}
    return live | {topic.dead_letters.name: _dead_letters(topic) for topic in EVENT_TOPICS}


def reference_to_channel(topic: Topic) -> Json:
    return {"$ref": f"#/channels/{topic.name}"}


def reference_within(topic: Topic, names: Sequence[str]) -> list[Json]:
    """Refer to some of the messages of a channel."""
    return [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in names]


def _channel(topic: Topic) -> Json:
    return {
        "address": topic.name,
        "title": _title(topic),
        "summary": _summary(topic),
        "description": "\n".join(_description(topic)),
        "messages": {kind.event_type: reference_to_message(kind.event_type) for kind in kinds_of(topic)},
        "bindings": _bindings(topic),
    }


def _summary(topic: Topic) -> str:
    about = _title(topic).lower()
    return (
        f"What every service says for the {about}." if topic.shared else f"What {topic.producer} says of its {about}."
    )


def _description(topic: Topic) -> list[str]:
    """List the events with the keys by which they keep their order, and say what compaction leaves."""
    rows = [_row(kind) for kind in kinds_of(topic)]
    compacted = [_COMPACTED.format(service=topic.producer)] if topic.compacted else []
    return ["Events of one key keep their order:", "", "| event | key | |", "| --- | --- | --- |", *rows, *compacted]


def _row(kind: Kind) -> str:
    return f"| `{kind.event_type}` | `{{tenantid}}/{order_key_of(kind)}` | {meaning_of(kind)} |"


def _dead_letters(topic: Topic) -> Json:
    return {
        "address": topic.dead_letters.name,
        "title": f"{_title(topic)}: dead letters",
        "summary": f"What a consumer of `{topic.name}` could not handle, for a person to look at.",
        "description": _LETTERS.format(groups=", ".join(consumers_of(topic))),
        "messages": {DEAD_LETTER: reference_to_message(DEAD_LETTER)},
        "bindings": _bindings(topic.dead_letters),
    }


def _bindings(topic: Topic) -> Json:
    settings = {
        "cleanup.policy": ["compact", "delete"] if topic.compacted else ["delete"],
        "retention.ms": timedelta(days=topic.retention_days) // timedelta(milliseconds=1),
    }
    kafka = {"topic": topic.name, "partitions": topic.partitions, "topicConfiguration": settings}
    return {"kafka": {**kafka, "bindingVersion": BINDING_VERSION}}


def _title(topic: Topic) -> str:
    return topic.name.partition(".")[2].replace("-", " ").capitalize()
