"""Answers made of several services' parts: what everybody gets of them, and what is left out when, and said to be."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from deploy.standalone.postgres import HOST, free_port
from services.gateway.clients import composing
from tests.factories.access import make_client, make_hr, make_person
from tests.factories.front import Front
from tests.factories.installation import bearer
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio

Upstreams = dict[str, Upstream]
ME = uuid4()
STANDING = f"/v1/employees/{ME}/standing"
PORTRAIT = f"/v1/employees/{ME}/portrait"
NOT_PERMITTED = (403, {"code": "not_permitted", "retryable": False})
MEMBERS = ("standing", "tasks", "notifications", "cycles", "quarantine")


@pytest.fixture
def whole(upstreams: Upstreams) -> Upstreams:
    """Let every service answer what is asked of it."""
    upstreams["archive"].answers[PORTRAIT] = (200, {"employee": {"id": str(ME)}, "records": {}})
    upstreams["performance"].answers |= {
        STANDING: (200, {"employee_id": str(ME), "scorecards": []}),
        "/v1/tasks": (200, {"data": [{"kind": "plan.submit"}], "next_cursor": None}),
        "/v1/cycle-overviews": (200, {"data": [{"late": 2}], "next_cursor": None}),
    }
    upstreams["notifier"].answers["/v1/notifications"] = (200, {"data": [{"title": "News"}], "next_cursor": "x"})
    upstreams["connector"].answers["/v1/quarantine/summary"] = (200, {"waiting": 3})
    return upstreams


@pytest.fixture
def me(tenant_id: UUID) -> dict[str, str]:
    return bearer(make_person(tenant_id, ME))


def missing(answer: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {part["member"]: (part["code"], part["retryable"]) for part in answer["missing"]}


async def test_a_portrait_says_how_somebody_stands(
    client: httpx.AsyncClient, whole: Upstreams, me: dict[str, str]
) -> None:
    response = await client.get(PORTRAIT, headers=me)
    assert response.json() == {
        "employee": {"id": str(ME)},
        "records": {},
        "standing": {"employee_id": str(ME), "scorecards": []},
        "missing": [],
    }
    assert whole["performance"].header(b"x-steelyard-aside") == [b"true"]
    assert whole["archive"].header(b"x-steelyard-aside") == []
    assert whole["performance"].header(b"authorization") == [me["Authorization"].encode()]


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (NOT_PERMITTED, "not_permitted", False),
        ((404, {"code": "not_found", "retryable": False}), "not_found", False),
        ((503, {"code": "unavailable", "retryable": True}), "unavailable", True),
        ((500, {"code": "internal_error", "retryable": False}), "internal_error", False),
        ((502, "not of ours"), "service_unavailable", True),
    ],
)
async def test_a_portrait_without_the_part_that_is_refused(
    client: httpx.AsyncClient, whole: Upstreams, me: dict[str, str], *, answer: Any, code: str, retryable: bool
) -> None:
    whole["performance"].answers[STANDING] = answer
    response = await client.get(PORTRAIT, headers=me)
    assert (response.status_code, response.json()["standing"]) == (200, None)
    assert missing(response.json()) == {"standing": (code, retryable)}


@pytest.mark.parametrize("status", [403, 404, 503])
async def test_without_the_person_there_is_no_portrait(
    client: httpx.AsyncClient, whole: Upstreams, me: dict[str, str], status: int
) -> None:
    whole["archive"].answers[PORTRAIT] = (status, {"code": "theirs"})
    response = await client.get(PORTRAIT, headers=me)
    assert (response.status_code, response.json()) == (status, {"code": "theirs"})


async def test_a_dashboard_is_asked_of_every_service_as_the_caller(
    client: httpx.AsyncClient, whole: Upstreams, me: dict[str, str]
) -> None:
    response = await client.get("/v1/dashboard", headers=me | {"If-None-Match": '"1"'})
    assert response.json() == {
        "standing": {"employee_id": str(ME), "scorecards": []},
        "tasks": [{"kind": "plan.submit"}],
        "notifications": [{"title": "News"}],
        "cycles": [{"late": 2}],
        "quarantine": {"waiting": 3},
        "missing": [],
    }
    assert whole["notifier"].asked[-1]["query_string"] == b"unread=true&limit=10"
    for service in ("performance", "notifier", "connector"):
        assert whole[service].header(b"authorization") == [me["Authorization"].encode()]
        assert whole[service].header(b"if-none-match") == []
    assert not whole["archive"].asked


async def test_a_dashboard_names_what_is_not_for_its_caller(
    client: httpx.AsyncClient, whole: Upstreams, tenant_id: UUID
) -> None:
    whole["connector"].answers["/v1/quarantine/summary"] = NOT_PERMITTED
    response = await client.get("/v1/dashboard", headers=bearer(make_hr(tenant_id)))
    assert missing(response.json()) == {
        "standing": ("not_an_employee", False),
        "quarantine": ("not_permitted", False),
    }
    assert [response.json()[member] for member in ("standing", "quarantine")] == [None, None]
    assert [path for path in (asked["path"] for asked in whole["performance"].asked) if "standing" in path] == []


async def test_systems_have_no_dashboard(client: httpx.AsyncClient, whole: Upstreams, tenant_id: UUID) -> None:
    caller = bearer(make_client(tenant_id, "scores:read", "cycles:read"))
    assert (await client.get("/v1/dashboard", headers=caller)).status_code == 403
    assert not any(upstream.asked for upstream in whole.values())


async def test_over_processes_what_is_away_is_left_out_and_may_come_back(front: Front, tenant_id: UUID) -> None:
    hanging = asyncio.Event()
    tasks: dict[str, Any] = {"data": [], "next_cursor": None}

    async def notifier(scope: Scope, receive: Receive, send: Send) -> None:
        await hanging.wait()

    performance = Upstream({"/v1/tasks": (200, tasks), "/v1/cycle-overviews": (200, tasks)})
    with pytest.MonkeyPatch.context() as brisk:
        brisk.setattr(composing, "PART_SECONDS", 0.5)
        caller = await front.before(
            performance=performance, notifier=notifier, connector=f"http://{HOST}:{free_port()}"
        )
        response, _ = await caller.ask("/v1/dashboard")
        answer = await response.json()
    hanging.set()
    assert (response.status, answer["tasks"], answer["cycles"]) == (200, [], [])
    assert missing(answer) == {
        "standing": ("not_an_employee", False),
        "notifications": ("service_unavailable", True),
        "quarantine": ("service_unavailable", True),
    }


async def test_a_portrait_over_processes(front: Front) -> None:
    target = f"/v1/employees/{uuid4()}%3Fx/portrait"
    path = target.replace("%3F", "?")
    archive = Upstream({path: (200, {"employee": {}})})
    performance = Upstream({path.replace("portrait", "standing"): (200, {"scorecards": []})})
    caller = await front.before(archive=archive, performance=performance)
    response, _ = await caller.ask(target)
    assert await response.json() == {"employee": {}, "standing": {"scorecards": []}, "missing": []}
    away = await front.before(archive=archive, performance=f"http://{HOST}:{free_port()}")
    response, _ = await away.ask(target)
    assert (response.status, missing(await response.json())) == (200, {"standing": ("service_unavailable", True)})
    gone = await front.before(archive=f"http://{HOST}:{free_port()}", performance=performance)
    assert await gone.refusal(target) == (503, "service_unavailable", True)
