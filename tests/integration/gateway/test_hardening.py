"""What every answer tells browsers, which origins may ask, and what is given up or refused before it is read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from deploy.standalone import protocol
from deploy.standalone.protocol import HEAD_BYTES, HEAD_FIELDS
from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.wiring import wire
from shared.kit.http.hardening import TimeLimited
from shared.kit.http.middleware import MAX_BODY_BYTES
from tests.factories.access import make_hr
from tests.factories.installation import Installation, bearer, client_of
from tests.factories.serving import serving_whole
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio
ORIGIN = "https://people.example.com"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}


@asynccontextmanager
async def gateway(
    installation: Installation, upstream: Any = None, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    given = Settings.model_validate(installation.settings("gateway") | settings)
    upstream = upstream or Upstream(answers={"/v1/employees": (200, {})})
    async with client_of(build_app(wire(given), {"archive": upstream})) as client:
        yield client


class Failing:
    """An archive that breaks."""

    async def __call__(self, *_: object) -> None:
        raise ZeroDivisionError


@pytest.mark.parametrize("path", ["/v1/employees", "/v1/nothing", "/healthz", "/.well-known/jwks.json", "/oauth/token"])
async def test_every_answer_carries_the_headers(installation: Installation, tenant_id: UUID, path: str) -> None:
    async with gateway(installation) as client:
        for headers in ({}, bearer(make_hr(tenant_id)), {"Authorization": "Bearer forged"}):
            answer = await client.get(path, headers=headers)
            assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
            assert answer.headers.get("cache-control") == ("no-store" if headers else None)


async def test_so_does_one_that_nobody_foresaw(installation: Installation, tenant_id: UUID) -> None:
    async with gateway(installation, Failing()) as client:
        answer = await client.get("/v1/employees", headers=bearer(make_hr(tenant_id)))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


async def test_what_says_otherwise_is_left_alone(installation: Installation, tenant_id: UUID) -> None:
    private = [(b"cache-control", b"private, max-age=60"), (b"Content-Security-Policy", b"sandbox")]
    archive = Upstream(answers={"/v1/employees": (200, {})}, headers=private)
    async with gateway(installation, archive) as client:
        answer = await client.get("/v1/employees", headers=bearer(make_hr(tenant_id)))
    assert answer.headers.get_list("cache-control") == ["private, max-age=60"]
    assert answer.headers.get_list("content-security-policy") == ["sandbox"]


async def test_https_is_insisted_on_when_that_is_configured(installation: Installation) -> None:
    async with gateway(installation) as client:
        assert "strict-transport-security" not in (await client.get("/healthz")).headers
    async with gateway(installation, https_only_seconds=31536000) as client:
        insists = (await client.get("/healthz")).headers["strict-transport-security"]
    assert insists == "max-age=31536000; includeSubDomains"


async def test_no_other_origin_may_ask_unless_configured(installation: Installation, tenant_id: UUID) -> None:
    headers = {**bearer(make_hr(tenant_id)), "Origin": ORIGIN}
    async with gateway(installation) as client:
        asked = await client.get("/v1/employees", headers=headers)
        preflight = await client.options("/v1/employees", headers={"Origin": ORIGIN, **PREFLIGHT})
    assert preflight.status_code != 200
    assert not any(name.startswith("access-control") for answer in (asked, preflight) for name in answer.headers)


async def test_a_configured_origin_may_ask_and_read_our_headers(installation: Installation, tenant_id: UUID) -> None:
    headers = {**bearer(make_hr(tenant_id)), "Origin": ORIGIN}
    async with gateway(installation, cors_origins=[ORIGIN]) as client:
        asked = await client.get("/v1/employees", headers=headers)
        preflight = await client.options("/v1/employees", headers={"Origin": ORIGIN, **PREFLIGHT})
    for answer in (asked, preflight):
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, ORIGIN)
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert {"ETag", "RateLimit", "Retry-After"} <= set(asked.headers["access-control-expose-headers"].split(", "))


@pytest.mark.parametrize("origin", ["https://people.example.com.evil.org", "http://people.example.com", "null"])
async def test_no_other_origin_passes_for_a_configured_one(installation: Installation, origin: str) -> None:
    async with gateway(installation, cors_origins=[ORIGIN]) as client:
        asked = await client.get("/healthz", headers={"Origin": origin})
        preflight = await client.options("/v1/employees", headers={"Origin": origin, **PREFLIGHT})
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in {*asked.headers, *preflight.headers}


@pytest.mark.parametrize("origin", ["*", "https://*", "null", "people.example.com", "https://people.example.com/path"])
def test_only_exact_origins_can_be_configured(installation: Installation, origin: str) -> None:
    with pytest.raises(ValidationError, match="cors_origins"):
        Settings.model_validate(installation.settings("gateway") | {"cors_origins": [origin]})


class Never:
    """An archive that does not answer, and notices when nobody waits any more."""

    def __init__(self) -> None:
        self.given_up = asyncio.Event()

    async def __call__(self, *_: object) -> None:
        try:
            await asyncio.Future()
        finally:
            self.given_up.set()


async def test_what_takes_too_long_is_given_up() -> None:
    sent, never = [], Never()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "app": FastAPI(), "path": "/", "headers": []}
    await TimeLimited(never, seconds=0.02)(scope, asyncio.Queue[Any]().get, send)
    assert never.given_up.is_set()
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


async def test_the_gateway_says_that_it_gave_up(installation: Installation, tenant_id: UUID) -> None:
    async with gateway(installation, Never(), request_seconds=0.05, requests_in_flight=1) as client:
        answers = [await client.get("/v1/employees", headers=bearer(make_hr(tenant_id))) for _ in range(2)]
    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["retryable"]) == (504, "time_limit_exceeded", True)
        assert problem["request_id"] == answer.headers["x-request-id"]


async def test_an_answer_that_has_begun_in_time_may_take_longer() -> None:
    sent, more = [], asyncio.Event()

    async def app(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        asyncio.get_running_loop().call_later(0.1, more.set)
        await more.wait()
        await send({"type": "http.response.body", "body": b"late"})

    async def send(message: Any) -> None:
        sent.append(message)

    await TimeLimited(app, seconds=0.02)({"type": "http"}, asyncio.Queue[Any]().get, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


async def test_a_timeout_of_the_work_itself_is_not_taken_for_ours() -> None:
    async def app(*_: object) -> None:
        raise TimeoutError

    async def send(_: Any) -> None:
        pass

    with pytest.raises(TimeoutError):
        await TimeLimited(app, seconds=10)({"type": "http"}, asyncio.Queue[Any]().get, send)


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_refused(
    installation: Installation, tenant_id: UUID, *, announced: bool
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**18 + 1):
            yield b" " * 2**18

    body = b" " * (MAX_BODY_BYTES + 1) if announced else pieces()
    async with gateway(installation) as client:
        answer = await client.post("/v1/employees", content=body, headers=bearer(make_hr(tenant_id)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@asynccontextmanager
async def connection(installation: Installation) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Speak bytes to a gateway behind our server."""
    wiring = wire(Settings.model_validate(installation.settings("gateway")))
    async with serving_whole(build_app(wiring, {})) as url:
        address = httpx.URL(url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            await writer.wait_closed()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X-Field: y\r\n" * HEAD_FIELDS + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * HEAD_BYTES + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Endless: " + b"y" * (HEAD_BYTES + 100),
        b"GET /" + b"y" * HEAD_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"y" * (HEAD_BYTES + 100),
    ],
    ids=["many fields", "long field", "endless field", "long path", "endless path"],
)
async def test_a_head_that_is_too_large_is_refused_before_its_end(installation: Installation, head: bytes) -> None:
    async with connection(installation) as (reader, writer):
        writer.write(head)
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"code":"head_too_large"' in answer


async def test_a_head_that_does_not_end_is_not_waited_for(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    async with connection(installation) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert await reader.read() == b""


async def test_many_ordinary_requests_pass_on_one_connection(installation: Installation) -> None:
    request = b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"y" * 100_000
    async with connection(installation) as (reader, writer):
        for _ in range(5):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 405 ")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
