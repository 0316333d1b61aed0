"""Services in processes of their own that fail: what becomes of a request, and of those after it."""

import asyncio

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from deploy.standalone.postgres import HOST, free_port
from tests.factories.front import BRISK, EMPLOYEES, UNAVAILABLE, Front
from tests.factories.serving import saying, talking

pytestmark = pytest.mark.anyio


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
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[1,2",
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


@pytest.mark.parametrize("then", ["hangs up", "falls silent"])
async def test_a_short_answer_that_breaks_off_is_none(front: Front, then: str) -> None:
    asked = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2")(reader, writer)
        if then == "falls silent":
            await asked.wait()

    async with talking(talk) as url:
        caller = await front.before(BRISK, archive=url)
        assert await caller.refusal() == UNAVAILABLE
        asked.set()
