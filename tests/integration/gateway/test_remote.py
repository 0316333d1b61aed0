"""Services in processes of their own: what passes over HTTP, and what becomes of it when they fail."""

import asyncio
import gzip
import hashlib
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from deploy.standalone.postgres import HOST, free_port
from services.gateway.app import build_app
from services.gateway.clients.remote import Patience, RemoteServices
from services.gateway.wiring import Wiring
from shared.kit.http.middleware import MAX_BODY_BYTES
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.serving import saying, serving, serving_whole, talking
from tests.factories.upstream import Upstream
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio

BRISK = Patience(connect_seconds=1, silent_seconds=0.3, total_seconds=20)
EMPLOYEES = "/v1/employees"
OK = {"type": "http.response.start", "status": 200, "headers": []}


class Front:
    """A gateway on a port of its own, and the caller who asks it."""

    def __init__(self, wiring: Wiring, stack: AsyncExitStack, headers: Mapping[str, str]) -> None:
        self._wiring = wiring
        self._stack = stack
        self._headers = headers

    async def before(self, patience: Patience | None = None, **apps: ASGIApp | str) -> "Caller":
        """Serve the gateway in front of these applications and URLs."""
        urls = {
            service: app if isinstance(app, str) else await self._stack.enter_async_context(serving(app))
            for service, app in apps.items()
        }
        remote = RemoteServices(urls, patience=patience)
        url = await self._stack.enter_async_context(serving_whole(build_app(replace(self._wiring, remote=remote))))
        session = aiohttp.ClientSession(headers=self._headers, auto_decompress=False)
        return Caller(await self._stack.enter_async_context(session), url)


class Caller:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self._url = url

    def at(self, target: str) -> URL:
        return URL(self._url + target, encoded=True)

    async def ask(self, target: str, method: str = "GET", **options: Any) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.session.request(method, self.at(target), allow_redirects=False, **options) as response:
            return response, await response.read()

    async def refusal(self, target: str = EMPLOYEES, **options: Any) -> tuple[int, str, bool]:
        response, _ = await self.ask(target, **options)
        problem = await response.json(content_type="application/problem+json")
        return response.status, problem["code"], problem["retryable"]


@pytest.fixture
async def front(wiring: Wiring, tenant_id: UUID) -> AsyncIterator[Front]:
    async with AsyncExitStack() as stack:
        yield Front(wiring, stack, bearer(make_hr(tenant_id)))


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


async def test_a_body_flows_as_it_is_sent(front: Front) -> None:
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive()).get("more_body"):
            arrived.put_nowait(message["body"])
        await send(OK)
        await send({"type": "http.response.body", "body": b""})

    caller = await front.before(archive=archive)

    async def waiting_for_each_to_arrive() -> AsyncIterator[bytes]:
        for piece in (b"first", b"second"):
            yield piece
            assert await asyncio.wait_for(arrived.get(), 20) == piece

    response, _ = await caller.ask(EMPLOYEES, "POST", data=waiting_for_each_to_arrive())
    assert response.status == 200


async def test_an_answer_flows_as_it_is_given(front: Front) -> None:
    read = asyncio.Event()

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        await send(OK)
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await read.wait()
        await send({"type": "http.response.body", "body": b"second"})

    caller = await front.before(archive=archive)
    async with caller.session.get(caller.at(EMPLOYEES)) as response:
        assert await response.content.readexactly(5) == b"first"
        read.set()
        assert await response.read() == b"second"


async def test_a_caller_who_reads_slowly_makes_the_service_wait(front: Front) -> None:
    sent, piece = 0, b"x" * 100_000

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await send(OK)
        for _ in range(1000):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent += len(piece)
        await send({"type": "http.response.body", "body": b""})

    async def stands_still() -> bool:
        before = sent
        await asyncio.sleep(0.2)
        return 0 < before == sent

    caller = await front.before(archive=archive)
    async with caller.session.get(caller.at(EMPLOYEES)) as response:
        await eventually(stands_still)
        assert sent < 50_000_000
        assert len(await response.read()) == 100_000_000


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
    ours = {b"x-request-id", b"traceparent", b"x-steelyard-client-address"}
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


UNAVAILABLE = (503, "service_unavailable", True)


async def test_a_service_that_is_away_can_come_back(front: Front) -> None:
    port = free_port()
    caller = await front.before(archive=f"http://{HOST}:{port}")
    assert await caller.refusal() == UNAVAILABLE
    async with talking(saying(b"HTTP/1.1 204 No Content\r\n\r\n"), port=port):
        response, _ = await caller.ask(EMPLOYEES)
        assert response.status == 204


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nwhole or not, who knows",
    ],
)
async def test_nonsense_instead_of_an_answer_is_a_service_away(front: Front, answer: bytes) -> None:
    async with talking(saying(answer)) as url:
        caller = await front.before(archive=url)
        assert await caller.refusal() == UNAVAILABLE
        assert await caller.refusal(method="POST", data=b"{}") == UNAVAILABLE


async def test_a_service_that_hangs_is_given_up(front: Front) -> None:
    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        await hanging.wait()

    hanging = asyncio.Event()
    caller = await front.before(BRISK, archive=archive)
    assert await caller.refusal() == UNAVAILABLE
    hanging.set()


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n",
    ],
)
@pytest.mark.parametrize("then", ["hangs up", "falls silent"])
async def test_an_answer_that_breaks_off_never_looks_whole(front: Front, beginning: bytes, then: str) -> None:
    asked = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(beginning)(reader, writer)
        if then == "falls silent":
            await asked.wait()

    async with talking(talk) as url:
        caller = await front.before(BRISK, archive=url)
        async with caller.session.get(caller.at(EMPLOYEES)) as response:
            assert response.status == 200
            with pytest.raises(aiohttp.ClientError):
                await response.read()
        asked.set()


@asynccontextmanager
async def noticing() -> AsyncIterator[tuple[ASGIApp, asyncio.Event, asyncio.Event]]:
    """Give a service that streams until its caller is gone, when it was asked, and when it noticed."""
    asked, noticed = asyncio.Event(), asyncio.Event()

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        if scope["query_string"] == b"begin":
            await send(OK)
            await send({"type": "http.response.body", "body": b"[", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        noticed.set()

    yield archive, asked, noticed


@pytest.mark.parametrize("query", ["", "?begin"])
async def test_the_service_notices_when_the_caller_leaves(front: Front, query: str) -> None:
    async with noticing() as (archive, asked, noticed):
        caller = await front.before(archive=archive)
        waiting = asyncio.create_task(caller.ask(EMPLOYEES + query))
        await asyncio.wait_for(asked.wait(), 20)
        waiting.cancel()
        await asyncio.wait_for(noticed.wait(), 20)


async def test_the_service_notices_when_the_caller_leaves_in_the_middle_of_the_body(front: Front) -> None:
    async with noticing() as (archive, asked, noticed):
        caller = await front.before(archive=archive)

        async def breaking_off() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.wait_for(asked.wait(), 20)
            raise RuntimeError("the caller trips")

        with pytest.raises(aiohttp.ClientError):
            await caller.ask(EMPLOYEES, "POST", data=breaking_off())
        await asyncio.wait_for(noticed.wait(), 20)


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
