"""The catalogue of problem codes says all that the code can answer, and nothing else."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI

from deploy.migrate import SERVICES
from deploy.problems import catalogue, rendered
from shared.core.problem_types import EVERYWHERE, ProblemTypes
from tests.contract.raised_codes import raised_in
from tests.factories.installation import client_of_running

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
FOLDERS = {"everywhere": "shared", **{service: f"services/{service}" for service in SERVICES}}
OF_HTTP = {"http_error", "head_too_large"}
"""What is answered for HTTP that is not ours, beside the codes in tables."""


@cache
def raised(name: str) -> Mapping[str, dict[str, str]]:
    """Give what the code of a service raises: by code, the places by kind."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for each in raised_in(FOLDERS[name]):
        found[each.code][each.kind] = each.place
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_every_code_that_is_raised_is_declared(name: str) -> None:
    known = EVERYWHERE.keys() | catalogue()[name].keys()
    missing = {code: places for code, places in raised(name).items() if code not in known}
    assert missing == {}, "add them to problem_types.py, then `make docs`"


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_is_declared_that_nobody_raises(name: str) -> None:
    assert catalogue()[name].keys() - raised(name).keys() - OF_HTTP == set()


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_declared_is_of_the_kind_that_is_raised(name: str) -> None:
    types = {**EVERYWHERE, **catalogue()[name]}
    wrong = {
        place: (code, kind)
        for code, places in raised(name).items()
        for kind, place in places.items()
        if kind and code in types and not is_a(types, code, kind)
    }
    assert wrong == {}


def is_a(types: ProblemTypes, code: str, kind: str) -> bool:
    declared = types[code].kind
    return declared is not None and declared.__name__ == kind


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_declares_what_all_of_them_answer(name: str) -> None:
    assert catalogue()[name].keys() & EVERYWHERE.keys() == set()


def test_the_page_is_what_the_tables_make() -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == rendered(), "renew it: make docs"


async def test_the_document_lists_every_code_and_each_operation_its_refusals(apps: dict[str, FastAPI]) -> None:
    async with client_of_running(apps["gateway"]) as client:
        document = (await client.get("/v1/openapi.json")).json()
    listed = document["components"]["schemas"]["Problem"]["properties"]["code"]["x-extensible-enum"]
    assert listed == sorted({code for types in catalogue().values() for code in types})
    for item in document["paths"].values():
        for operation in item.values():
            refusals = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
            assert {"401", "403", "422", "429", "503", "504"} <= refusals.keys(), operation["operationId"]
            assert ("409" in refusals) is (operation is not item.get("get")), operation["operationId"]


async def test_an_answer_has_the_title_of_its_type(apps: dict[str, FastAPI]) -> None:
    async with client_of_running(apps["archive"]) as client:
        missing = await client.get("/v1/employees")
        unknown = await client.get("/v1/nothing")
    assert [answer.json()["title"] for answer in (missing, unknown)] == [
        EVERYWHERE["token_missing"].title,
        EVERYWHERE["not_found"].title,
    ]
