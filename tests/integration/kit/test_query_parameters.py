"""A query parameter that an operation does not have is refused, with the one that may be meant."""

from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel, Field

from shared.core.clock import SystemClock
from shared.core.errors import Forbidden
from shared.kit.http.app import Body, create_app, new_router
from shared.kit.http.paging import UpdatedParams
from shared.kit.http.route import LenientRoute

pytestmark = pytest.mark.anyio
router = new_router(tag="things")
lenient = APIRouter(prefix="/lenient", route_class=LenientRoute)
DONE: list[str] = []


class Filters(BaseModel):
    department_id: str | None = None
    kind: str | None = Field(None, alias="type")


class Thing(Body):
    size: int


async def _allowed(*, permitted: bool = True) -> None:
    if not permitted:
        raise Forbidden("not_permitted", "Your role does not permit this.")


@router.get("/things", dependencies=[Depends(_allowed)])
async def list_things(page: UpdatedParams, filters: Annotated[Filters, Query()], colour: str = "") -> dict[str, Any]:
    return {"limit": page.limit, "colour": colour, **filters.model_dump()}


@router.post("/things")
async def post_thing(thing: Thing) -> Thing:
    DONE.append("posted")
    return thing


@lenient.get("/things")
async def list_leniently(colour: str = "") -> str:
    return colour


@pytest.fixture
def client() -> httpx.AsyncClient:
    DONE.clear()
    nothing: Any = None
    wired = SimpleNamespace(
        database=SimpleNamespace(ping=nothing), works=SimpleNamespace(clock=SystemClock()), verifier=nothing
    )
    app: FastAPI = create_app("test", wired, [router, lenient])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


def told(answer: httpx.Response) -> dict[str, str]:
    """Give what is said of each wrong place."""
    return {each["pointer"]: each["detail"] for each in answer.json()["errors"]}


async def test_what_is_declared_anywhere_is_known(client: httpx.AsyncClient) -> None:
    query = "limit=3&cursor=WyJhIl0&updated_after=2026-01-01T00:00:00Z&department_id=d&type=t&colour=red&permitted=true"
    answer = await client.get(f"/v1/things?{query}")
    assert answer.json() == {"limit": 3, "colour": "red", "department_id": "d", "kind": "t"}
    assert (await client.get("/v1/things?")).status_code == 200


@pytest.mark.parametrize(
    ("name", "meant"),
    [("departmnt_id", "department_id"), ("Limit", "limit"), ("color", "colour"), ("kind", None), ("x", None)],
)
async def test_what_is_not_is_refused_by_name(client: httpx.AsyncClient, name: str, meant: str | None) -> None:
    answer = await client.get(f"/v1/things?limit=3&{name}=1")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "request_invalid"
    hint = f" Is `{meant}` meant?" if meant else ""
    assert problem["errors"] == [
        {"pointer": f"#/query/{name}", "code": "extra_forbidden", "detail": f"There is no such parameter here.{hint}"}
    ]


async def test_everything_else_that_is_wrong_is_told_with_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/things?limit=0&colur=red&a/b=1&colur=blue")
    assert told(answer).keys() == {"#/query/limit", "#/query/colur", "#/query/a~1b"}
    assert len(answer.json()["errors"]) == 3


async def test_a_change_with_an_unknown_parameter_changes_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things?dry_run=true", json={"size": 1})
    assert told(answer).keys() == {"#/query/dry_run"}
    answer = await client.post("/v1/things?dry_run=true", json={"size": "many"})
    assert told(answer).keys() == {"#/query/dry_run", "/size"}
    assert DONE == []


async def test_who_may_not_learns_that_first(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/things?permitted=false&colur=red")
    assert answer.status_code == 403


async def test_protocols_that_demand_it_are_lenient(client: httpx.AsyncClient) -> None:
    answer = await client.get("/lenient/things?colour=red&session_state=1")
    assert answer.json() == "red"


async def test_long_queries_are_answered_with_a_few(client: httpx.AsyncClient) -> None:
    query = "&".join(f"colour{number}=" for number in range(2000)) + "&" + "l" * 10_000
    answer = await client.get(f"/v1/things?{query}")
    assert len(answer.json()["errors"]) == 20
