"""`/scim/v2`: every route that SCIM has, each registered with the policy; OpenAPI does not describe them."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.archive.api.policy import POLICY
from services.archive.api.scim.serving import answer
from shared.core.access import Grant
from shared.kit.http.route import LenientRoute
from shared.kit.http.scim import PREFIX

_PEOPLE, _PERSON = "/Users", "/Users/{employee_id}"
_GROUPS, _GROUP = "/Groups", "/Groups/{department_id}"
_READING = "read"
ROUTES = (
    ("GET", "/ServiceProviderConfig", "departments:read"),
    ("GET", "/ResourceTypes", "departments:read"),
    ("GET", "/ResourceTypes/{name}", "departments:read"),
    ("GET", "/Schemas", "departments:read"),
    ("GET", "/Schemas/{name}", "departments:read"),
    ("POST", "/.search", "employees:read"),
    ("POST", "/Bulk", "employees:write"),
    ("POST", f"{_PEOPLE}/.search", "employees:read"),
    ("GET", _PEOPLE, "employees:read"),
    ("POST", _PEOPLE, "employees:write"),
    ("GET", _PERSON, "employees:read"),
    ("PUT", _PERSON, "employees:write"),
    ("PATCH", _PERSON, "employees:write"),
    ("DELETE", _PERSON, "employees:write"),
    ("POST", f"{_GROUPS}/.search", "departments:read"),
    ("GET", _GROUPS, "departments:read"),
    ("POST", _GROUPS, "departments:write"),
    ("GET", _GROUP, "departments:read"),
    ("PUT", _GROUP, "departments:write"),
    ("PATCH", _GROUP, "departments:write"),
    ("DELETE", _GROUP, "departments:write"),
)
"""Who may do it here is who may do it under `/v1`. What else the standard names, such as `/Me`, is not there."""

router = APIRouter(prefix=PREFIX, tags=["scim"], route_class=LenientRoute, include_in_schema=False)


def _serving(action: str) -> Callable[..., Awaitable[Response]]:
    async def scim(request: Request, grant: Annotated[Grant, POLICY.allow(action)]) -> Response:
        return await answer(request, grant, writes=not action.endswith(_READING))

    return scim


for method, path, action in ROUTES:
    router.add_api_route(path, _serving(action), methods=[method], response_model=None)
