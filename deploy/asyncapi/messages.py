"""Messages: one an event type, each with its envelope, its key and an example; and the dead letter."""

import json

from deploy.asyncapi.catalogue import Kind, event_kinds, meaning_of, order_key_of, senders_of, sequence_of, subject_of
from deploy.asyncapi.examples import AT, examples
from deploy.asyncapi.schemas import ENVELOPE, Json, reference_to
from shared.contracts.scores import ScoresChanged
from shared.kit.dead_letters import Letter
from shared.kit.outbox import EVENT_HEADERS

CONTENT_TYPE = "application/cloudevents+json"
BINDING_VERSION = "0.5.0"
DEAD_LETTER = "dead-letter"
_HEADERS = {
    "group": "The consumer group that could not handle the message, which is the name of its service.",
    "topic": "The topic it was read from.",
    "partition": "The partition, in decimal digits.",
    "offset": "The offset, in decimal digits.",
    "reason": "The kind of failure: an error code, what is invalid, or the name of an exception, never its words.",
    "failed_at": "When the group gave up, RFC 3339 in UTC.",
}


def messages() -> Json:
    """Give every message by name."""
    return {**{kind.event_type: _message(kind) for kind in event_kinds()}, DEAD_LETTER: _dead_letter()}


def reference_to_message(name: str) -> Json:
    return {"$ref": f"#/components/messages/{name}"}


def _message(kind: Kind) -> Json:
    example = examples()[kind.event_type]
    return {
        "name": kind.event_type,
        "title": kind.__name__,
        "summary": meaning_of(kind),
        "contentType": CONTENT_TYPE,
        "headers": _event_headers(),
        "payload": {"allOf": [reference_to(ENVELOPE), _narrowed(kind)]},
        "bindings": {"kafka": {"key": _key(kind), "bindingVersion": BINDING_VERSION}},
        "examples": [{"headers": dict(EVENT_HEADERS), "payload": json.loads(example.value)}],
    }


def _event_headers() -> Json:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "const": value} for name, value in EVENT_HEADERS},
        "required": [name for name, _ in EVENT_HEADERS],
    }


def _narrowed(kind: Kind) -> Json:
    """Say what the envelope's attributes are in this type of event."""
    sequence = sequence_of(kind)
    source = sequence.strip("{}")
    numbered = {"const": "0"} if sequence == "0" else {"description": f"The `{source}` of the data, as a string."}
    return {
        "type": "object",
        "properties": {
            "source": _source(kind),
            "type": {"const": kind.event_type},
            "subject": {"description": f"`{subject_of(kind)}`"},
            "sequence": numbered,
            "data": reference_to(kind.__name__),
        },
    }


def _source(kind: Kind) -> Json:
    sources = [f"/{service}" for service in senders_of(kind.topic)]
    return {"const": sources[0]} if len(sources) == 1 else {"enum": sources}


def _key(kind: Kind) -> Json:
    return {
        "type": "string",
        "description": f"`{{tenantid}}/{order_key_of(kind)}`",
        "examples": [examples()[kind.event_type].key],
    }


def _dead_letter() -> Json:
    return {
        "name": DEAD_LETTER,
        "title": "DeadLetter",
        "summary": "What a consumer could not handle: the message as it was, byte for byte, with headers that say why.",
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "properties": {name: {"type": "string", "description": text} for name, text in _HEADERS.items()},
            "required": list(_HEADERS),
        },
        "payload": {"description": "The original value; it may be anything, for that may be why it lies here."},
        "bindings": {"kafka": {"key": _key_of_original(), "bindingVersion": BINDING_VERSION}},
        "examples": [_dead_example()],
    }


def _key_of_original() -> Json:
    return {"type": "string", "description": "The key of the original message."}


def _dead_example() -> Json:
    message = examples()[ScoresChanged.event_type]
    dead = Letter.about(message, "notifier", partition=3, offset=1412).addressed("endpoint_unknown", at=AT)
    return {"headers": dict(dead.headers), "payload": json.loads(dead.value)}
