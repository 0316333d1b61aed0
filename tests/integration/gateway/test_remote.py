"""Services in processes of their own: what passes over HTTP, and that it passes as it is."""

import asyncio
import gzip
import hashlib
import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from starlette.types import Receive, Scope, Send

from deploy.standalone.postgres import HOST, free_port
from shared.kit.http.middleware import MAX_BODY_BYTES
from tests.factories.front import EMPLOYEES, UNAVAILABLE, Front
from tests.factories.serving import saying, serving, talking
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "target",
    [
        f"{EMPLOYEES}/a%2Fb%20c;v=1/%E7%8E%8B",
        f"{EMPLOYEES}/../x//y/.",
        f"{EMPLOYEES}/a%3Fb%23c?q=%26a=1&a=2&a=+%2B&empty=&%E7%8E%8B",
        f"{EMPLOYEES}/100%25?next=http://elsewhere/?x=/..//",
        f"{EMPLOYEES}/a'(b)*!$,[c]|{{d}}",
    ],
)
async def test_path_and_query_arrive_as_they_were_written(front: Front, target: str) -> None:
    archive = Upstream()
    caller = await front.before(archive=archive)
    await caller.ask(target)
    asked = archive.asked[-1]
    path, _, query = target.partition("?")
    assert (asked["raw_path"].decode(), asked["query_string"].decode()) == (path, query)


@pytest.mark.parametrize("size", [0, 1, 70_000, MAX_BODY_BYTES])
async def test_a_body_arrives_whole_whether_announced_or_not(front: Front, size: int) -> None:
    archive, body = Upstream({EMPLOYEES: (201, {})}), hashlib.shake_128(b"seed").digest(size)
    caller = await front.before(archive=archive)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, size, 50_000):
            yield body[start : start + 50_000]

    for data in (io.BytesIO(body), in_pieces()):
        response, _ = await caller.ask(EMPLOYEES, "POST", data=data)
        assert response.status == 201
    assert archive.bodies == [body, body]


async def test_a_body_over_the_limit_is_refused_whether_announced_or_not(front: Front) -> None:
    archive = Upstream()
    caller = await front.before(archive=archive)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000

    announced = io.BytesIO(bytes(MAX_BODY_BYTES + 1))
    for data in (announced, endless()):
        assert await caller.refusal(method="POST", data=data) == (413, "too_large", False)
    assert archive.bodies == []


async def test_headers_are_the_callers_and_the_services_own(front: Front) -> None:
    archive = Upstream({EMPLOYEES: (200, {})})
    archive.headers = [
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"x-steelyard-trace", b"1"),
        (b"server", b"s"),
    ]
    caller = await front.before(archive=archive)
    sent = {"X-Name": "王", "Connection": "keep-alive, X-Mine", "X-Mine": "1", "X-Steelyard-Tenant": "other"}
    quiet = ("User-Agent", "Accept", "Accept-Encoding")
    response, _ = await caller.ask(EMPLOYEES, headers=sent, skip_auto_headers=quiet)
    passed = {name for name, _ in archive.asked[-1]["headers"]}
    ours = {b"x-request-id", b"traceparent", b"x-steelyard-client-address", b"x-steelyard-origin"}
    assert passed == {b"host", b"authorization", b"x-name"} | ours
    assert archive.header(b"x-name") == ["王".encode()]
    assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]
    assert len(response.headers.getall("Date")) == len(response.headers.getall("X-Request-ID")) == 1
    assert not {"Server", "X-Steelyard-Trace"} & set(response.headers)


async def test_the_host_is_the_services_and_no_proxy_comes_between(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{HOST}:{free_port()}")
    archive = Upstream({EMPLOYEES: (200, {})})
    async with serving(archive) as url:
        caller = await front.before(archive=url)
        response, _ = await caller.ask(EMPLOYEES, headers={"Host": "evil.example", "Expect": "100-continue"})
        assert response.status == 200
        assert archive.header(b"host") == [url.removeprefix("http://").encode()]


async def test_redirects_and_compressed_answers_are_the_callers_business(front: Front) -> None:
    packed = gzip.compress(b"{}")

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"location", b"/elsewhere"), (b"content-encoding", b"gzip")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": packed})

    response, body = await (await front.before(archive=archive)).ask(EMPLOYEES)
    assert (response.status, response.headers["Location"], body) == (307, "/elsewhere", packed)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("DELETE", 204), ("GET", 304)])
async def test_an_answer_without_a_body(front: Front, method: str, status: int) -> None:
    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"etag", b'"7"')] + ([(b"content-length", b"100")] if method == "HEAD" else [])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    caller = await front.before(archive=archive)
    for _ in range(2):  # the second one over the same connections
        response, body = await caller.ask(EMPLOYEES, method)
        assert (response.status, response.headers["ETag"], body) == (status, '"7"', b"")


async def test_the_stack_is_ready_when_every_service_is(front: Front) -> None:
    ready, waking = Upstream({"/readyz": (200, {})}), Upstream({"/readyz": (503, {})})
    hanging = asyncio.Event()

    async def hung(scope: Scope, receive: Receive, send: Send) -> None:
        await hanging.wait()

    assert (await (await front.before(archive=ready)).ask("/readyz"))[0].status == 200
    for away in (waking, f"http://{HOST}:{free_port()}", hung):
        caller = await front.before(archive=ready, notifier=away)
        assert await caller.refusal("/readyz") == (503, "not_ready", True)
    hanging.set()


async def test_an_answer_made_of_two_comes_from_two_processes(front: Front) -> None:
    target = f"/v1/observations/{uuid4()}%3Fx"
    path = target.replace("%3F", "?")
    connector = Upstream({path: (200, {"id": "SO-1"})})
    performance = Upstream({f"{path}/uses": (200, {"uses": [{"item": 1}]})})
    caller = await front.before(connector=connector, performance=performance)
    response, _ = await caller.ask(target, data=b"ignored")
    assert await response.json() == {"id": "SO-1", "uses": [{"item": 1}]}


async def test_what_breaks_off_is_no_part_of_an_answer_made_of_two(front: Front) -> None:
    target = f"/v1/observations/{uuid4()}"
    async with talking(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")) as url:
        caller = await front.before(connector=url, performance=Upstream({f"{target}/uses": (200, {"uses": []})}))
        assert await caller.refusal(target) == UNAVAILABLE


async def test_the_description_is_asked_of_every_service(front: Front) -> None:
    document: dict[str, Any] = {"paths": {"/v1/employees": {}}, "components": {"schemas": {}}}
    caller = await front.before(archive=Upstream({"/openapi.json": (200, document)}))
    response, _ = await caller.ask("/v1/openapi.json")
    assert "/v1/employees" in (await response.json())["paths"]


async def test_trailers_stay_with_their_connection(front: Front) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\n[]\r\n0\r\nX-Sum: 1\r\n\r\n"
    async with talking(saying(answer)) as url:
        response, body = await (await front.before(archive=url)).ask(EMPLOYEES)
    assert (response.status, body) == (200, b"[]")
    assert not {"Trailer", "X-Sum"} & set(response.headers)


async def test_trailers_of_a_body_do_not_become_headers(front: Front) -> None:
    archive = Upstream({EMPLOYEES: (201, {})})
    caller = await front.before(archive=archive)
    url, token = caller.at(EMPLOYEES), caller.session.headers["Authorization"]
    head = f"POST {url.path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {token}\r\nConnection: close\r\n"
    chunks = (
        "Transfer-Encoding: chunked\r\nTrailer: X-Steelyard-Tenant\r\n\r\n2\r\n{}\r\n0\r\nX-Steelyard-Tenant: 1\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write((head + chunks).encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert archive.bodies == [b"{}"]
    assert not {b"trailer", b"x-steelyard-tenant"} & {name for name, _ in archive.asked[-1]["headers"]}
