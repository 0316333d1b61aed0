"""Every route is registered with the policy, or stands in the short list of what anybody may call."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from deploy.migrate import SERVICES
from services.gateway.domain.identity.scopes import SCOPES

pytestmark = pytest.mark.anyio

OF_EVERY_SERVICE = {"/healthz", "/readyz", "/openapi.json"}
PUBLIC = {
    "gateway": {
        *("/oauth/provider", "/oauth/callback"),
        *("/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/v1/sessions"),
        *("/.well-known/jwks.json", "/.well-known/oauth-authorization-server", "/v1/openapi.json", "/docs"),
    },
}
"""What a caller without a token reaches; each entry is a decision."""


def actions(dependant: Dependant) -> Iterator[str]:
    """Find the actions of the policy that a route depends on, however deep."""
    if action := getattr(dependant.call, "action", None):
        yield action
    for inner in dependant.dependencies:
        yield from actions(inner)


def unguarded(app: FastAPI) -> set[str]:
    """Find the paths of routes that ask no policy."""
    routes = list(iter_route_contexts(app.routes))
    asking = [(route.path or "", getattr(route, "dependant", None)) for route in routes]
    return {path for path, dependant in asking if dependant is None or not any(actions(dependant))}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_asks_the_policy_or_is_public(apps: dict[str, FastAPI], service: str) -> None:
    assert unguarded(apps[service]) == OF_EVERY_SERVICE | PUBLIC.get(service, set())


async def test_what_is_public_says_so_in_the_description(apps: dict[str, FastAPI]) -> None:
    document = apps["gateway"].openapi()
    described = {
        path
        for path, item in document["paths"].items()
        for operation in item.values()
        if operation.get("security") == []
    }
    assert described == PUBLIC["gateway"] - {"/v1/openapi.json", "/docs", "/oauth/provider", "/oauth/callback"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_scope_the_policy_asks_for_can_be_granted(service: str) -> None:
    rules = import_module(f"services.{service}.api.policy").POLICY.rules.values()
    assert {rule.scope for rule in rules if rule.scope} <= SCOPES.keys()


def test_no_scope_is_granted_for_nothing() -> None:
    asked = {
        rule.scope
        for service in SERVICES
        for rule in import_module(f"services.{service}.api.policy").POLICY.rules.values()
    }
    assert SCOPES.keys() <= asked


def test_a_rule_that_several_services_state_is_the_same() -> None:
    stated: dict[str, list[object]] = {}
    for service in SERVICES:
        for action, rule in import_module(f"services.{service}.api.policy").POLICY.rules.items():
            stated.setdefault(action, []).append(rule)
    assert {action for action, rules in stated.items() if any(rule != rules[0] for rule in rules)} == set()
