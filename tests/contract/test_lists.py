"""Every list is read page by page; what others keep a copy of can be read since an instant, with what is gone."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from services.notifier.api.policy import READ_BY

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
SYNCED = {f"/v1/{resource}" for resource in READ_BY} - {"/v1/records", "/v1/targets", "/v1/plans"} | {
    "/v1/employees/{employee_id}/records",
    "/v1/cycles/{cycle_id}/targets",
    "/v1/cycles/{cycle_id}/plans",
}
"""Where the resources of the feed are listed."""
SINGLE = {"/v1/calendar", "/v1/tenant"}
"""Resources of which there is one."""
DELETABLE = {"/v1/business-targets", "/v1/employees/{employee_id}/records"}
"""Lists that have had rows which are gone; nothing else that is synced ever goes."""
WHOLE = {
    "/v1/connections/{connection_id}/totals": "a line for each measure",
    "/v1/cycle-overviews": "a line for each cycle that is not over",
    "/v1/tasks": "what waits for one person",
    "/v1/tenant/limits": "a line for each quota",
    "/v1/tenants/{tenant_id}/limits": "a line for each quota",
}
"""Given in one piece, for a reason."""
EXPANDED = {
    "/v1/employees": {"department", "position", "manager"},
    "/v1/revisions": {"employee", "department", "cycle"},
    "/v1/scorecards": {"employee", "department", "cycle"},
    "/v1/reports": {"employee", "department", "cycle"},
    "/v1/feedback": {"employee", "department"},
    "/v1/improvement-plans": {"employee", "department"},
}


@pytest.fixture(scope="module")
def document(apps: dict[str, FastAPI]) -> Json:
    """Give the operations of all services; names of schemas are their own."""
    services = [app.openapi() for app in apps.values()]
    return {path: (item, whole) for whole in services for path, item in whole["paths"].items()}


def lists(document: Json) -> Iterator[tuple[str, Json, Json]]:
    """Give path, parameters by name and the schema of a row of every operation whose answer has `data`."""
    for path, (item, whole) in document.items():
        schema = answer(item.get("get", {}), whole)
        if schema is not None and "data" in schema.get("properties", {}):
            parameters = {each["name"]: each for each in item["get"].get("parameters", ())}
            yield path, parameters, schema["properties"]["data"]["items"]


def answer(operation: Json, whole: Json) -> Json | None:
    content = operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json")
    reference = content and content["schema"].get("$ref")
    found: Json | None = whole["components"]["schemas"][reference.rpartition("/")[2]] if reference else None
    return found


async def test_every_list_has_limit_and_cursor(document: Json) -> None:
    found = {path: parameters.keys() for path, parameters, _ in lists(document)}
    assert len(found) > 30
    assert {path for path, names in found.items() if not {"limit", "cursor"} <= names} == WHOLE.keys()


async def test_what_is_synced_is_read_since_an_instant_with_what_is_gone(document: Json) -> None:
    found = {path: parameters.keys() for path, parameters, _ in lists(document)}
    assert found.keys() >= SYNCED - SINGLE
    assert {path for path in SYNCED - SINGLE if not {"updated_after", "include_deleted"} <= found[path]} == set()
    assert {path for path, names in found.items() if "include_deleted" in names} == SYNCED - SINGLE


async def test_what_can_go_shows_tombstones(document: Json) -> None:
    with_tombstones = {path for path, _, row in lists(document) if "Tombstone" in str(row)}
    assert with_tombstones == DELETABLE


async def test_what_can_be_expanded_is_enumerated(document: Json) -> None:
    found = {
        path: set(names(parameters["expand"])) for path, parameters, _ in lists(document) if "expand" in parameters
    }
    assert found == EXPANDED


def names(parameter: Json) -> list[str]:
    """Read the values of a list in a query."""
    schemas = parameter["schema"].get("anyOf", [parameter["schema"]])
    listed: list[str] = next(schema["items"]["enum"] for schema in schemas if schema.get("type") == "array")
    return listed
