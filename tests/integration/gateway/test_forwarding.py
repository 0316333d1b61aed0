"""Requests for other services: who passes, what passes, and the one answer made of two."""

from uuid import UUID

import httpx
import pytest

from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio

Upstreams = dict[str, Upstream]
SOME_ID = UUID("0190b2c4-5d6e-7f80-9a1b-2c3d4e5f6071")
OBSERVATION = f"/v1/observations/{SOME_ID}"


@pytest.fixture
def hr(tenant_id: UUID) -> dict[str, str]:
    return bearer(make_hr(tenant_id))


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/employees", "archive"),
        (f"/v1/employees/{SOME_ID}/records", "archive"),
        (f"/v1/employees/{SOME_ID}/standing", "performance"),
        ("/v1/tasks", "performance"),
        ("/v1/observations", "connector"),
        (f"/v1/observations/{SOME_ID}/uses", "performance"),
        ("/v1/scorecards", "performance"),
        (f"/v1/webhooks/{SOME_ID}/deliveries", "notifier"),
    ],
)
async def test_the_first_segment_decides_who_answers(
    client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str], path: str, service: str
) -> None:
    upstreams[service].answers[path] = (200, {"from": service})
    response = await client.get(path, params={"limit": 7}, headers=hr)
    assert response.json() == {"from": service}
    assert upstreams[service].asked[-1]["query_string"] == b"limit=7"
    assert [name for name, upstream in upstreams.items() if upstream.asked] == [service]


async def test_a_body_passes_untouched(client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str]) -> None:
    upstreams["archive"].answers["/v1/employees"] = (201, {})
    body = '{ "name" : "王建国" }'.encode()
    response = await client.post("/v1/employees", content=body, headers=hr)
    assert response.status_code == 201
    assert upstreams["archive"].bodies == [body]


async def test_strangers_are_refused_at_the_door(client: httpx.AsyncClient, upstreams: Upstreams) -> None:
    for headers in ({}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic YTpi"}):
        response = await client.get("/v1/employees", headers=headers)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert not upstreams["archive"].asked


@pytest.mark.parametrize("path", ["/v1/unknown", "/v1/", "/v1", "/employees", "//v1/employees", "/v2/employees"])
async def test_an_unknown_path_is_a_problem(client: httpx.AsyncClient, hr: dict[str, str], path: str) -> None:
    response = await client.get(path, headers=hr)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.headers["content-type"] == "application/problem+json"


async def test_headers_of_one_connection_and_internal_ones_stay_outside(
    client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str]
) -> None:
    archive = upstreams["archive"]
    archive.answers["/v1/employees"] = (200, {})
    archive.headers = [(b"connection", b"x-hop"), (b"x-hop", b"1"), (b"x-steelyard-trace", b"1"), (b"etag", b'"1"')]
    sent = {"Connection": "close, X-Mine", "X-Mine": "1", "TE": "trailers", "X-Steelyard-Tenant": "other"}
    response = await client.get("/v1/employees", headers=hr | sent | {"If-None-Match": '"7"'})
    passed = {name for name, _ in archive.asked[-1]["headers"]}
    assert not passed & {b"connection", b"x-mine", b"te", b"x-steelyard-tenant"}
    assert {b"authorization", b"if-none-match"} <= passed
    assert not {"connection", "x-hop", "x-steelyard-trace"} & set(response.headers)
    assert response.headers["etag"] == '"1"'


async def test_request_id_and_trace_go_along(
    client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str]
) -> None:
    archive, trace = upstreams["archive"], "0af7651916cd43dd8448eb211c80319c"
    archive.answers["/v1/employees"] = (200, {})
    archive.headers = [(b"x-request-id", b"of-the-service")]
    sent = {"X-Request-ID": "from-outside-1", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    response = await client.get("/v1/employees", headers=hr | sent)
    (passed,) = archive.header(b"traceparent")
    assert archive.header(b"x-request-id") == [b"from-outside-1"]
    assert passed.decode().split("-")[1] == trace
    assert response.headers.get_list("x-request-id") == ["from-outside-1"]


async def test_an_observation_says_where_it_counted(
    client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str]
) -> None:
    upstreams["connector"].answers[OBSERVATION] = (200, {"id": "SO-1"})
    upstreams["connector"].headers = [(b"etag", b'"3"')]
    upstreams["performance"].answers[f"{OBSERVATION}/uses"] = (200, {"uses": [{"item": 1}]})
    response = await client.get(OBSERVATION, headers=hr)
    assert response.json() == {"id": "SO-1", "uses": [{"item": 1}]}
    asides = {service: upstreams[service].header(b"x-steelyard-aside") for service in ("connector", "performance")}
    assert asides == {"connector": [], "performance": [b"true"]}
    assert (response.headers["etag"], response.headers["content-length"]) == ('"3"', str(len(response.content)))


@pytest.mark.parametrize(("status", "uses"), [(404, []), (403, None)])
async def test_an_observation_that_counted_nowhere_or_not_for_this_callers_eyes(
    client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str], status: int, uses: object
) -> None:
    upstreams["connector"].answers[OBSERVATION] = (200, {"id": "SO-1"})
    upstreams["performance"].answers[f"{OBSERVATION}/uses"] = (status, {"code": "x"})
    assert (await client.get(OBSERVATION, headers=hr)).json() == {"id": "SO-1", "uses": uses}


@pytest.mark.parametrize(("of_both", "status"), [((404, 200), 404), ((200, 503), 503), ((403, 503), 403)])
async def test_what_either_service_refuses_is_the_answer(
    client: httpx.AsyncClient, upstreams: Upstreams, hr: dict[str, str], of_both: tuple[int, int], status: int
) -> None:
    upstreams["connector"].answers[OBSERVATION] = (of_both[0], {"code": "c"})
    upstreams["performance"].answers[f"{OBSERVATION}/uses"] = (of_both[1], {"uses": []})
    assert (await client.get(OBSERVATION, headers=hr)).status_code == status


async def test_the_stack_is_ready_when_every_service_is(client: httpx.AsyncClient, upstreams: Upstreams) -> None:
    for upstream in upstreams.values():
        upstream.answers["/readyz"] = (200, {})
    assert (await client.get("/readyz")).status_code == 200
    upstreams["notifier"].answers["/readyz"] = (503, {})
    waiting = await client.get("/readyz")
    assert (waiting.status_code, waiting.json()["retryable"]) == (503, True)
