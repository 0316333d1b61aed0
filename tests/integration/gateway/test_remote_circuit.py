"""Which requests are made again after a failure, and when a service that fails is left alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from prometheus_client import REGISTRY
from starlette.types import Receive, Scope, Send

from deploy.standalone.postgres import HOST, free_port
from services.gateway.app import build_app
from services.gateway.clients.pool import MAX_CONNECTIONS, Patience
from services.gateway.clients.remote import RemoteServices
from services.gateway.clients.upstream import ask, inquiry
from services.gateway.domain.circuit_breaker import FAILURES_IN_A_ROW, REST_SECONDS
from services.gateway.wiring import Wiring
from shared.core.errors import Unavailable
from tests.factories.front import BRISK, EMPLOYEES, OK, UNAVAILABLE, Caller, Front
from tests.factories.serving import saying, serving_whole, talking
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Service:
    """Answers one request after the other as it is told, the last one ever after, and hangs up after each."""

    answers: Sequence[bytes]
    asked: list[bytes] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(head.split(b"\r\n")[0])
        writer.write(answer)
        await writer.drain()


def counted(outcome: str) -> float:
    labels = {"upstream": "archive", "outcome": outcome}
    return REGISTRY.get_sample_value("steelyard_upstream_requests_total", labels) or 0.0


def circuit() -> float | None:
    return REGISTRY.get_sample_value("steelyard_upstream_circuit", {"upstream": "archive"})


@pytest.mark.parametrize(
    ("method", "headers", "asked"),
    [
        ("GET", {}, 2),
        ("HEAD", {}, 2),
        ("DELETE", {}, 2),
        ("PUT", {}, 2),
        ("PUT", {"If-Match": '"7"'}, 1),
        ("DELETE", {"If-Match": '"7"'}, 1),
        ("PATCH", {}, 1),
        ("POST", {}, 1),
        ("POST", {"Idempotency-Key": "a-key-of-the-callers"}, 1),
    ],
)
async def test_what_may_have_been_done_is_not_done_again(
    front: Front, method: str, headers: dict[str, str], asked: int
) -> None:
    service = Service([b"", NO_CONTENT])
    async with talking(service.talk) as url:
        caller = await front.before(archive=url)
        response, _ = await caller.ask(EMPLOYEES, method, headers=headers)
    assert len(service.asked) == asked
    assert response.status == (204 if asked == 2 else 503)


@pytest.mark.parametrize("beginning", [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1", b"SSH-2.0-OpenSSH\r\n"])
async def test_nothing_is_made_again_once_an_answer_began(front: Front, beginning: bytes) -> None:
    service = Service([beginning, NO_CONTENT])
    async with talking(service.talk) as url:
        caller = await front.before(archive=url)
        assert await caller.refusal() == UNAVAILABLE
    assert len(service.asked) == 1


async def test_a_body_that_flowed_past_cannot_be_sent_again(front: Front) -> None:
    service = Service([b"", NO_CONTENT])

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    async with talking(service.talk) as url:
        caller = await front.before(archive=url)
        assert await caller.refusal(method="PUT", data=in_pieces()) == UNAVAILABLE
    assert len(service.asked) == 1


async def test_what_was_never_sent_is_sent_again_whatever_it_is(front: Front) -> None:
    caller, before = await front.before(archive=f"http://{HOST}:{free_port()}"), counted("repeated")
    assert await caller.refusal(method="POST", data=b"{}") == UNAVAILABLE
    assert counted("repeated") == before + 1


async def test_a_connection_that_the_service_half_closed_serves_nobody(front: Front) -> None:
    left = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(NO_CONTENT)(reader, writer)
        writer.write_eof()
        await left.wait()

    async with talking(talk) as url:
        caller = await front.before(archive=url)
        for method in ("GET", "POST", "GET", "POST"):
            response, _ = await caller.ask(EMPLOYEES, method)
            assert response.status == 204
        left.set()


@asynccontextmanager
async def opened(front: Front, clock: Clock, *, port: int) -> AsyncIterator[Caller]:
    """Ask a service that is away until it is left alone."""
    caller = await front.before(archive=f"http://{HOST}:{port}", clock=clock)
    before = counted("left_alone")
    for _ in range(FAILURES_IN_A_ROW):
        assert await caller.refusal() == UNAVAILABLE
    assert counted("left_alone") > before
    yield caller


async def test_a_service_that_is_away_is_left_alone_and_tried_again(front: Front) -> None:
    clock, port, service = Clock(), free_port(), Service([NO_CONTENT])
    async with opened(front, clock, port=port) as caller, talking(service.talk, port=port):
        response, _ = await caller.ask(EMPLOYEES)
        assert (response.status, response.headers["Retry-After"]) == (503, "1")
        assert (service.asked, circuit()) == ([], 2)
        clock.now += REST_SECONDS[0]
        for _ in range(2):
            response, _ = await caller.ask(EMPLOYEES)
            assert response.status == 204
        assert circuit() == 0


async def test_one_service_away_leaves_the_others_as_they_are(front: Front) -> None:
    connector = Upstream({"/v1/quarantine": (200, {})})
    caller = await front.before(archive=f"http://{HOST}:{free_port()}", connector=connector)
    for _ in range(2 * FAILURES_IN_A_ROW):
        assert await caller.refusal() == UNAVAILABLE
    assert (await caller.ask("/v1/quarantine"))[0].status == 200


async def test_a_service_that_answers_with_failures_of_its_own_is_not_left_alone(front: Front) -> None:
    archive = Upstream({EMPLOYEES: (500, {})})
    caller = await front.before(archive=archive)
    for _ in range(3 * FAILURES_IN_A_ROW):
        assert (await caller.ask(EMPLOYEES))[0].status == 500
    assert len(archive.asked) == 3 * FAILURES_IN_A_ROW


@pytest.mark.parametrize("others", ["are answered", "ask nothing"])
async def test_one_operation_that_hangs_does_not_take_the_service_away(front: Front, others: str) -> None:
    hanging = asyncio.Event()

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == EMPLOYEES:
            await hanging.wait()
        await send(OK)
        await send({"type": "http.response.body", "body": b""})

    caller = await front.before(BRISK, archive=archive)
    waiting = [asyncio.create_task(caller.refusal()) for _ in range(2 * FAILURES_IN_A_ROW)]
    while others == "are answered" and not all(task.done() for task in waiting):
        assert (await caller.ask("/v1/positions"))[0].status == 200
    assert await asyncio.gather(*waiting) == [UNAVAILABLE] * len(waiting)
    response, _ = await caller.ask("/v1/positions")
    assert response.status == (200 if others == "are answered" else 503)
    hanging.set()


async def test_who_finds_no_free_connection_is_told_to_come_back() -> None:
    hanging, connected = asyncio.Event(), asyncio.Semaphore(0)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.release()
        await hanging.wait()

    async with talking(talk) as url:
        remote = RemoteServices({"archive": url}, patience=Patience(place_seconds=0.2, connect_seconds=60))
        async with remote.opened():
            archive, question, before = remote.upstreams["archive"], inquiry(EMPLOYEES), counted("crowded_out")
            waiting = [asyncio.create_task(ask(archive, question)) for _ in range(MAX_CONNECTIONS)]
            for _ in waiting:
                await connected.acquire()
            with pytest.raises(Unavailable):
                await ask(archive, question)
            assert counted("crowded_out") == before + 1
            hanging.set()
            await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_caller_who_leaves_says_nothing_about_the_service(front: Front) -> None:
    asked = asyncio.Semaphore(0)

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        asked.release()
        while scope["path"] == EMPLOYEES and (await receive())["type"] != "http.disconnect":
            pass
        await send(OK)
        await send({"type": "http.response.body", "body": b""})

    caller = await front.before(archive=archive)
    for _ in range(2 * FAILURES_IN_A_ROW):
        waiting = asyncio.create_task(caller.ask(EMPLOYEES))
        await asyncio.wait_for(asked.acquire(), 20)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert (await caller.ask("/v1/positions"))[0].status == 200


async def test_nothing_is_asked_of_a_pool_that_is_closed() -> None:
    remote = RemoteServices({"archive": f"http://{HOST}:{free_port()}"})
    async with remote.opened():
        pass
    with pytest.raises((RuntimeError, aiohttp.ClientError)):
        await ask(remote.upstreams["archive"], inquiry(EMPLOYEES))


async def test_metrics_are_shown_on_a_port_of_their_own(wiring: Wiring) -> None:
    address = f"{HOST}:{free_port()}"
    shown = replace(wiring, facing=replace(wiring.facing, metrics_address=address))
    async with (
        serving_whole(build_app(shown)) as url,
        aiohttp.ClientSession() as session,
        session.get(f"http://{address}/metrics") as metrics,
        session.get(f"{url}/metrics") as refused,
    ):
        assert "steelyard_upstream_requests_total" in await metrics.text()
        assert refused.status == 404
