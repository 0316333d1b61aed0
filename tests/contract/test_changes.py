"""The feed covers every event, shows what its path leads to, and to nobody but who may read that."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from deploy.asyncapi.catalogue import event_kinds
from deploy.asyncapi.examples import AT, EXAMPLES
from deploy.migrate import SERVICES
from services.gateway.domain.paths import owner_of
from services.notifier.api.policy import POLICY, READ_BY
from services.notifier.domain.change import Change, ChangeType
from services.notifier.events.subscriptions import SUBSCRIPTIONS
from services.notifier.usecases.record_changes import CHANGES, LEFT_OUT
from shared.contracts.envelope import Event
from tests.contract.test_policy import actions

pytestmark = pytest.mark.anyio
POLICIES = {name: import_module(f"services.{name}.api.policy").POLICY for name in SERVICES}


def told() -> Iterator[Change]:
    """Tell of the example of every event as the feed does."""
    for data in EXAMPLES:
        if type(data) in CHANGES:
            event: Event[Any] = Event(uuid4(), "/test", data.event_type, data.subject, AT, uuid4(), None, data)
            yield from CHANGES[type(data)](event)


CASES = list(told())


def test_every_event_is_a_change_or_has_a_reason_not_to_be() -> None:
    assert not CHANGES.keys() & LEFT_OUT.keys()
    assert CHANGES.keys() | LEFT_OUT.keys() == set(event_kinds())
    assert CHANGES.keys() <= SUBSCRIPTIONS.handlers.keys()


def test_every_event_that_is_a_change_has_an_example_of_a_known_type() -> None:
    assert {change.type for change in CASES} == set(get_args(ChangeType))
    assert {change.resource for change in CASES} == READ_BY.keys()


@pytest.mark.parametrize("action", sorted(set(READ_BY.values())))
def test_who_reads_a_resource_is_said_by_its_own_service(action: str) -> None:
    """The notifier's copy of each rule is the very rule."""
    rules = [policy.rules[action] for name, policy in POLICIES.items() if name != "notifier" and action in policy.rules]
    assert rules
    assert all(rule == POLICY.rules[action] for rule in rules)


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.type)
async def test_a_change_is_shown_to_who_may_follow_its_path(apps: dict[str, FastAPI], change: Change) -> None:
    path = urlsplit(change.url).path
    routes = iter_route_contexts(apps[owner_of(path) or "gateway"].routes)
    matching = [route for route in routes if "GET" in (route.methods or ()) and _leads_to(route.path or "", path)]
    asked = [action for route in matching for action in actions(getattr(route, "dependant", None) or Dependant())]
    assert set(asked) == {READ_BY[change.resource]}


def _leads_to(template: str, path: str) -> bool:
    return compile_path(template)[0].match(path) is not None
