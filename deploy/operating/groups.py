"""`steelyard bus`: how far each service has read, and letting one read again from the beginning."""

from collections import Counter
from importlib import import_module

from deploy.errors import DeployError
from deploy.migrate import SERVICES
from deploy.operating.opened import with_bus
from deploy.standalone.settings import Settings
from shared.kit.bus.port import Bus


def lag(settings: Settings) -> dict[tuple[str, str], int]:
    """Count the messages each group has yet to commit, by group and topic."""

    async def count(bus: Bus) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for group in SERVICES:
            for (topic, _), messages in (await bus.lag(group=group, topics=_topics_of(group))).items():
                found[group, topic] += messages
        return dict(found)

    return with_bus(settings, count)


def rewind(settings: Settings, group: str, topics: list[str]) -> None:
    """Let a service read topics again from their oldest message on; what it has handled it knows.

    Raises DeployError while its worker runs, or where it does not read such a topic.
    """
    known = _topics_of(group)
    if unknown := set(topics) - set(known):
        raise DeployError(f"{group} does not read {', '.join(sorted(unknown))}; it reads {', '.join(known)}.")

    async def move(bus: Bus) -> None:
        await bus.rewind(group=group, topics=topics or known)

    with_bus(settings, move)


def _topics_of(service: str) -> tuple[str, ...]:
    topics: tuple[str, ...] = import_module(f"services.{service}.events.subscriptions").SUBSCRIPTIONS.topics
    return topics
