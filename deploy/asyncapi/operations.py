"""Operations: what each service sends and receives, the receivers taken from what it has handlers for."""

from collections.abc import Sequence

from deploy.asyncapi.catalogue import consumers_of, kinds_of, senders_of
from deploy.asyncapi.channels import reference_to_channel, reference_within
from deploy.asyncapi.messages import BINDING_VERSION, DEAD_LETTER
from deploy.asyncapi.schemas import Json
from shared.contracts.topics import EVENT_TOPICS, Topic


def operations() -> Json:
    """Give every operation: sending by topic, receiving and setting aside by topic and service."""
    found: Json = {}
    for topic in EVENT_TOPICS:
        for service in senders_of(topic):
            found[_name(service, "sends", topic)] = _sends(service, topic)
        for service, kinds in consumers_of(topic).items():
            names = [kind.event_type for kind in kinds]
            found[_name(service, "receives", topic)] = _receives(service, topic, names)
            found[_name(service, "sends", topic.dead_letters)] = _sets_aside(service, topic)
    return found


def _sends(service: str, topic: Topic) -> Json:
    names = [kind.event_type for kind in kinds_of(topic)]
    summary = f"{service} says what happened, in the commit that made it happen."
    return _operation("send", service, topic, names, summary=summary)


def _receives(service: str, topic: Topic, names: Sequence[str]) -> Json:
    summary = f"{service} acts on each of these once, and passes over whatever else the topic has."
    group = {"groupId": {"type": "string", "const": service}, "bindingVersion": BINDING_VERSION}
    return _operation("receive", service, topic, names, summary=summary) | {"bindings": {"kafka": group}}


def _sets_aside(service: str, topic: Topic) -> Json:
    summary = f"{service} sets aside what it could not handle after a few tries, so that the rest goes on."
    return _operation("send", service, topic.dead_letters, [DEAD_LETTER], summary=summary)


def _operation(action: str, service: str, topic: Topic, names: Sequence[str], *, summary: str) -> Json:
    return {
        "action": action,
        "summary": summary,
        "tags": [{"name": service}],
        "channel": reference_to_channel(topic),
        "messages": reference_within(topic, names),
    }


def _name(service: str, verb: str, topic: Topic) -> str:
    return f"{service}_{verb}_{topic.name}".replace(".", "_").replace("-", "_")
