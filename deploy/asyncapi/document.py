"""The whole AsyncAPI 3.0 document."""

from deploy.asyncapi.channels import channels
from deploy.asyncapi.messages import CONTENT_TYPE, messages
from deploy.asyncapi.operations import operations
from deploy.asyncapi.schemas import Json, schemas

_DESCRIPTION = """\
What the five services of Steelyard tell each other, and anybody else who may read the bus.

Every message is one CloudEvents 1.0 event in structured JSON. Its `type` is past tense and versioned; within a version
members and enumerated values are only added, and readers pass over what they do not know. A member that is not required
may be absent from events written before there was one: then it is null, empty, or the default named here. Quantities
are decimals in strings.

Delivery is at least once: remember `id`. Of one subject a higher `sequence` is newer: drop what is not above the last.
Events of one key keep their order; each channel says what its keys are.

The services run on Apache Kafka or, on a single machine, on a log in PostgreSQL, which carries the same topics, keys,
headers and bytes with one partition a topic.
"""
_SERVICES = {
    "archive": "Employees, departments, positions, records.",
    "connector": "Observations and business targets from other systems.",
    "performance": "Schemes, cycles, targets, plans, scores, reports.",
    "notifier": "The inbox and signed webhooks.",
    "gateway": "Tenants, accounts, tokens, the public API.",
}


def document() -> Json:
    """Put the document together, in an order that only changes with the contracts."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Steelyard events",
            "version": "1",
            "description": _DESCRIPTION,
            "tags": [{"name": name, "description": text} for name, text in _SERVICES.items()],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"kafka": _kafka()},
        "channels": channels(),
        "operations": operations(),
        "components": {"messages": messages(), "schemas": schemas()},
    }


def _kafka() -> Json:
    return {
        "host": "{broker}",
        "protocol": "kafka",
        "title": "Apache Kafka",
        "description": "Apache Kafka 4 with the topics described here. An installation on one machine has none and\n"
        "needs none: its bus is the schema `bus` of its PostgreSQL.",
        "variables": {"broker": {"description": "Host and port of a broker.", "default": "localhost:9092"}},
    }
