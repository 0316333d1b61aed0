"""SCIM: the same people and departments as under `/v1`, for the same callers."""

from dataclasses import replace
from typing import Any

import httpx

from tests.factories.scim import BULK, SEARCH, group_body, patch_body, user_body
from tests.integration.access.oracle import Audience, Verdict, company_hr, everybody_reads, hr_decides, of_people
from tests.integration.access.recipe import OWN_CODE, Fill, Listing, Recipe

_SHARED = everybody_reads("employees:read")
_PEOPLE = of_people("employees:read")
_HR = hr_decides("employees:write")
_TREE = Audience(hr="scope", admin=True, scope="employees:write")
_REPLACING = replace(_TREE, own_forbidden=True)
"""Who is no member any more has been moved: replacing a group without its members moves whoever works there."""
_FOUNDING = company_hr("employees:write")
_USERS = Listing("employee", path="Resources")
_GROUPS = Listing("department", path="Resources")
_EMPLOYEE = {"employee_id": "employee"}
_DEPARTMENT = {"department_id": "department"}
_RENAMING = patch_body({"op": "replace", "path": "displayName", "value": "New"})
_SEARCH = {"schemas": [SEARCH]}


def _verdict(status: int, detail: str) -> Verdict | None:
    if status < httpx.codes.BAD_REQUEST:
        return Verdict.ADMITTED
    if status == httpx.codes.FORBIDDEN:
        return Verdict.OWN if OWN_CODE in detail else Verdict.FORBIDDEN
    return Verdict.HIDDEN if status == httpx.codes.NOT_FOUND else None


def _told(response: httpx.Response) -> Verdict | None:
    return _verdict(response.status_code, response.text)


def _founded(response: httpx.Response) -> Verdict | None:
    """Read the answer to a creation: of what leaves no trace, nothing is found afterwards.

    Who is confined to departments creates nothing outside of them.
    """
    if response.status_code == httpx.codes.NOT_FOUND:
        return Verdict.ADMITTED
    return Verdict.FORBIDDEN if response.status_code == httpx.codes.BAD_REQUEST else _told(response)


def _bulk(fill: Fill) -> Any:
    return {"schemas": [BULK], "Operations": [{"method": "DELETE", "path": f"/Users/{fill.row('employee')}"}]}


def _of_bulk(response: httpx.Response) -> Verdict | None:
    if response.status_code == httpx.codes.FORBIDDEN:
        return Verdict.FORBIDDEN
    (operation,) = response.json()["Operations"]
    return _verdict(int(operation["status"]), response.text)


RECIPES = (
    *(
        Recipe(f"GET /scim/v2/{name}", _SHARED, read=_told)
        for name in ("ServiceProviderConfig", "ResourceTypes", "Schemas")
    ),
    Recipe("GET /scim/v2/ResourceTypes/{name}", _SHARED, fixed={"name": "User"}, read=_told),
    Recipe(
        "GET /scim/v2/Schemas/{name}", _SHARED, fixed={"name": "urn:ietf:params:scim:schemas:core:2.0:User"}, read=_told
    ),
    Recipe("GET /scim/v2/Users", _PEOPLE, listing=_USERS, read=_told),
    Recipe("POST /scim/v2/Users/.search", _PEOPLE, listing=_USERS, body=lambda _: _SEARCH, read=_told),
    Recipe(
        "POST /scim/v2/.search",
        _PEOPLE,
        listing=_USERS,
        body=lambda _: {**_SEARCH, "filter": "userName pr"},
        read=_told,
    ),
    Recipe("POST /scim/v2/Users", _FOUNDING, body=lambda _: user_body(), read=_founded),
    Recipe("GET /scim/v2/Users/{employee_id}", _PEOPLE, "person", _EMPLOYEE, read=_told),
    Recipe("PUT /scim/v2/Users/{employee_id}", _HR, "person", _EMPLOYEE, body=lambda _: user_body("new"), read=_told),
    Recipe("PATCH /scim/v2/Users/{employee_id}", _HR, "person", _EMPLOYEE, body=lambda _: _RENAMING, read=_told),
    Recipe("DELETE /scim/v2/Users/{employee_id}", _HR, "person", _EMPLOYEE, read=_told),
    Recipe("POST /scim/v2/Bulk", _HR, "person", body=_bulk, read=_of_bulk),
    Recipe("GET /scim/v2/Groups", _SHARED, listing=_GROUPS, read=_told),
    Recipe("POST /scim/v2/Groups/.search", _SHARED, listing=_GROUPS, body=lambda _: _SEARCH, read=_told),
    Recipe("POST /scim/v2/Groups", _FOUNDING, body=lambda _: group_body("New"), read=_founded),
    Recipe("GET /scim/v2/Groups/{department_id}", _SHARED, "department", _DEPARTMENT, read=_told),
    Recipe(
        "PUT /scim/v2/Groups/{department_id}",
        _REPLACING,
        "department",
        _DEPARTMENT,
        body=lambda _: group_body(),
        read=_told,
    ),
    Recipe(
        "PATCH /scim/v2/Groups/{department_id}", _TREE, "department", _DEPARTMENT, body=lambda _: _RENAMING, read=_told
    ),
    Recipe("DELETE /scim/v2/Groups/{department_id}", _TREE, "department", _DEPARTMENT, read=_told),
)
