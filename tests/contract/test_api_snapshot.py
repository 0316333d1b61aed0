"""The public API keeps its shape: additions are accepted by renewing the snapshot, nothing else is."""

import os
from typing import Any

import pytest
from fastapi import FastAPI

from tests.contract.api_snapshot import breaking_changes, keep, kept, shape_of
from tests.factories.installation import client_of_running

pytestmark = pytest.mark.anyio
SHAPE: dict[str, Any] = {
    "operations": {
        "get_thing": {"call": "GET /v1/things/{id}", "parameters": {"path id": True, "query all": False}},
    },
    "schemas": {"Thing": {"properties": {"id": {"type": "string"}, "name": {"type": "string"}}}},
}


async def test_the_api_is_what_its_snapshot_says(apps: dict[str, FastAPI]) -> None:
    async with client_of_running(apps["gateway"]) as client:
        after = shape_of((await client.get("/v1/openapi.json")).json())
    before = kept()
    assert breaking_changes(before, after) == []
    if os.environ.get("RENEW_SNAPSHOTS"):
        keep(after)
    assert kept() == after, "accept the addition: RENEW_SNAPSHOTS=1 make test ARGS=tests/contract/test_api_snapshot.py"


def test_additions_break_nothing() -> None:
    grown = {
        "operations": {**SHAPE["operations"], "list_things": {"call": "GET /v1/things", "parameters": {}}},
        "schemas": {"Thing": {"properties": {**SHAPE["schemas"]["Thing"]["properties"], "note": {}}}},
    }
    assert breaking_changes(SHAPE, grown) == []


@pytest.mark.parametrize(
    "operation",
    [
        {},
        {"get_thing": {"call": "POST /v1/things/{id}", "parameters": {"path id": True, "query all": False}}},
        {"get_thing": {"call": "GET /v1/things/{id}", "parameters": {"path id": True}}},
        {"get_thing": {"call": "GET /v1/things/{id}", "parameters": {"path id": True, "query all": True}}},
    ],
)
def test_an_operation_that_went_or_demands_more_is_named(operation: dict[str, Any]) -> None:
    assert breaking_changes(SHAPE, {**SHAPE, "operations": operation})


def test_a_member_that_went_is_named() -> None:
    assert breaking_changes(SHAPE, {**SHAPE, "schemas": {"Thing": {"properties": {"id": {}}}}})
