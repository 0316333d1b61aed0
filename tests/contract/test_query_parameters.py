"""A query parameter that an operation does not have is refused by all, but where a protocol forbids that."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import filterfalse
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from deploy.migrate import SERVICES
from services.gateway.domain.identity.scopes import SCOPES
from services.gateway.domain.paths import COMPOSITIONS
from tests.contract.test_policy import OF_EVERY_SERVICE
from tests.factories.access import make_client, make_hr
from tests.factories.hosting import make_operator
from tests.factories.installation import bearer, client_of_running

pytestmark = pytest.mark.anyio
Headers = dict[str, str]
Asked = tuple[str, str, str]
"""Method and path of a route, and an example of the path."""
UNKNOWN = "no_such_parameter"
POINTER = f"#/query/{UNKNOWN}"
LENIENT = {
    **dict.fromkeys(
        ("/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect"),
        "RFC 6749 §3.1 and §3.2: servers MUST ignore unrecognized request parameters",
    ),
    **dict.fromkeys(
        ("/oauth/provider", "/oauth/callback"), "RFC 6749 §4.1.2: clients MUST ignore what they do not know"
    ),
    **dict.fromkeys(
        ("/.well-known/jwks.json", "/.well-known/oauth-authorization-server"),
        "of the same protocol, and without effect",
    ),
    **dict.fromkeys(("/docs", "/v1/openapi.json"), "one page and one document, whatever a browser's cache adds"),
    **dict.fromkeys(OF_EVERY_SERVICE, "asked by machines that watch; there is nothing to filter"),
}
SCIM = "/scim/v2/"
"""Lenient too: directories put flags of their own behind it, such as `?aadOptscim062020` of Microsoft Entra."""


def asked(app: FastAPI, tenant_id: UUID, service: str) -> Iterator[Asked]:
    """Give every route."""
    ids = {"tenant_id": tenant_id, "operation_id": f"{service}-{uuid4()}"}
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        example = re.sub(r"{(\w+)}", lambda found: str(ids.get(found[1]) or uuid4()), path)
        yield from ((method, path, example) for method in (route.methods or ()) if method != "HEAD")


def is_lenient(route: Asked) -> bool:
    return route[1] in LENIENT or route[1].startswith(SCIM)


async def callers(apps: Mapping[str, FastAPI], tenant_id: UUID) -> list[Headers]:
    """Give callers of whom each route lets one in, at least."""
    gateway: Any = apps["gateway"].state
    people = (
        make_hr(tenant_id, employee_id=uuid4(), roles=frozenset({"admin", "hr"})),
        make_hr(tenant_id, roles=frozenset({"auditor"})),
        make_client(tenant_id, *SCOPES),
    )
    return [*map(bearer, people), (await make_operator(gateway))[1]]


async def answers(app: FastAPI, method: str, url: str, headers: Sequence[Headers]) -> list[tuple[int, Any]]:
    """Ask as each of them, and give statuses with what is called wrong."""
    async with client_of_running(app) as client:
        found = [await client.request(method, url, headers=each) for each in headers]
    return [(answer.status_code, places(answer)) for answer in found]


def places(answer: httpx.Response) -> list[Any]:
    is_problem = answer.headers["content-type"] == "application/problem+json"
    return [each["pointer"] for each in answer.json()["errors"]] if is_problem else []


@pytest.mark.parametrize("service", SERVICES)
async def test_every_operation_refuses_what_it_does_not_know(
    apps: dict[str, FastAPI], service: str, tenant_id: UUID
) -> None:
    headers = await callers(apps, tenant_id)
    for method, path, example in filterfalse(is_lenient, asked(apps[service], tenant_id, service)):
        url = f"{example}?{UNKNOWN}=1"
        found = await answers(apps[service], method, url, headers)
        refusals = [POINTER in wrong for status, wrong in found if status not in {401, 403}]
        assert refusals, (method, path, found)
        assert all(refusals), (method, path, found)
        assert await answers(apps["gateway"], method, url, headers) == found, (method, path)


async def test_what_is_lenient_is_so(apps: dict[str, FastAPI], tenant_id: UUID) -> None:
    admin, lenient = bearer(make_hr(tenant_id)), set()
    for service, app in apps.items():
        for method, path, example in filter(is_lenient, asked(app, tenant_id, service)):
            ((_, wrong),) = await answers(app, method, f"{example}?{UNKNOWN}=1", [admin])
            assert POINTER not in wrong, (method, path)
            lenient.add(path)
    assert {path for path in lenient if not path.startswith(SCIM)} == LENIENT.keys()
    assert any(path.startswith(SCIM) for path in lenient)


async def test_what_is_composed_refuses_it_as_a_whole(apps: dict[str, FastAPI], tenant_id: UUID) -> None:
    admin = bearer(make_hr(tenant_id, roles=frozenset({"admin"})))
    for composition in COMPOSITIONS:
        url = re.sub(r"{\w+}", str(uuid4()), composition.path) + f"?{UNKNOWN}=1"
        assert await answers(apps["gateway"], "GET", url, [admin]) == [(422, [POINTER])], composition.path
