"""An operation that will go says so in its description and on each of its answers, and no other does."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import JSONResponse

from shared.core.clock import SystemClock
from shared.core.errors import Conflict
from shared.kit.http.app import create_app, new_router
from shared.kit.http.deprecation import Deprecation, deprecated
from tests.factories.installation import client_of_running

pytestmark = pytest.mark.anyio
SINCE, SUNSET = datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 1, 1, 8, 30, tzinfo=UTC)
router = new_router(tag="things")


@router.get("/things")
@deprecated(SINCE, sunset=SUNSET, successor="/v1/goods")
async def list_things(*, refuse: bool = False, whole: bool = False) -> Any:
    if refuse:
        raise Conflict("already_exists", "It exists.")
    return JSONResponse([]) if whole else []


@router.post("/things")
@deprecated(SINCE)
async def post_thing() -> dict[str, str]:
    return {}


@router.get("/goods")
async def list_goods() -> list[str]:
    return []


@pytest.fixture
def app() -> FastAPI:
    nothing: Any = None
    works = SimpleNamespace(clock=SystemClock())
    wired = SimpleNamespace(database=SimpleNamespace(ping=nothing), works=works, verifier=nothing)
    return create_app("test", wired, [router])


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return client_of_running(app)


@pytest.mark.parametrize("query", ["", "?whole=true", "?refuse=true", "?whole=neither"])
async def test_every_answer_says_so(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/v1/things{query}")
    assert answer.headers["deprecation"] == f"@{int(SINCE.timestamp())}"
    assert parsedate_to_datetime(answer.headers["sunset"]) == SUNSET
    assert answer.headers["sunset"].endswith(" GMT")
    assert answer.headers["link"] == '</v1/goods>; rel="successor-version"'


async def test_what_is_not_known_is_not_said(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things")
    assert "deprecation" in answer.headers
    assert not {"sunset", "link"} & answer.headers.keys()


async def test_other_operations_say_nothing(client: httpx.AsyncClient) -> None:
    for answer in (await client.get("/v1/goods"), await client.delete("/v1/things"), await client.get("/healthz")):
        assert not {"deprecation", "sunset", "link"} & answer.headers.keys()


def test_the_description_says_so(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert paths["/v1/things"]["get"]["deprecated"] is paths["/v1/things"]["post"]["deprecated"] is True
    assert "deprecated" not in paths["/v1/goods"]["get"]


def test_nothing_goes_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="before"):
        Deprecation(SUNSET, sunset=SINCE, successor=None)
