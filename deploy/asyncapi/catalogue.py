"""Which events there are, who produces and who consumes them, and how they are named on the bus."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from deploy.migrate import SERVICES
from shared import contracts
from shared.contracts.envelope import EventData
from shared.contracts.tenancy import TenantChanged
from shared.contracts.topics import Topic

Kind = type[EventData]


@cache
def event_kinds() -> tuple[Kind, ...]:
    """Give every event there is, by type."""
    families = {module.__name__ for module in _families()}
    kinds = [kind for kind in _below(EventData) if kind.__module__ in families and hasattr(kind, "event_type")]
    return tuple(sorted(kinds, key=lambda kind: kind.event_type))


def kinds_of(topic: Topic) -> tuple[Kind, ...]:
    return tuple(kind for kind in event_kinds() if kind.topic == topic)


def meaning_of(kind: Kind) -> str:
    """Say in one sentence what an event tells."""
    return (kind.__doc__ or "").partition("\n")[0]


@cache
def consumed_by(service: str) -> tuple[Kind, ...]:
    """Give what a service listens to, the tenants included, of which each keeps a copy."""
    handlers = import_module(f"services.{service}.events.subscriptions").SUBSCRIPTIONS.handlers
    return tuple(kind for kind in event_kinds() if kind in handlers or kind is TenantChanged)


def consumers_of(topic: Topic) -> Mapping[str, Sequence[Kind]]:
    """Give each service that reads a topic, with the events it takes from it."""
    taken = {service: [kind for kind in consumed_by(service) if kind.topic == topic] for service in SERVICES}
    return {service: kinds for service, kinds in taken.items() if kinds}


def senders_of(topic: Topic) -> Sequence[str]:
    """Name the services that write to a topic."""
    return SERVICES if topic.shared else (topic.producer,)


def subject_of(kind: Kind) -> str:
    """Show how an event's subject is made of its fields, such as `employees/{employee_id}`."""
    return _with_names(kind).subject


def order_key_of(kind: Kind) -> str:
    """Show how an event's order key is made of its fields; the company's id stands before it on the bus."""
    return _with_names(kind).order_key


def sequence_of(kind: Kind) -> str:
    """Show which field numbers the versions of an event's subject; `0` where none does."""
    return str(_with_names(kind).version)


def _with_names(kind: Kind) -> EventData:
    """Make an event each of whose fields holds its own name in braces."""
    names: dict[str, Any] = {name: f"{{{name}}}" for name in kind.model_fields}
    return kind.model_construct(**names)


def _families() -> Iterator[ModuleType]:
    for module in iter_modules(contracts.__path__):
        yield import_module(f"{contracts.__name__}.{module.name}")


def _below(kind: Kind) -> Iterator[Kind]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _below(inner)
