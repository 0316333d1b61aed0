"""Bodies and answers of services in processes of their own flow as they come, and end when somebody leaves."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.factories.front import EMPLOYEES, OK, Front
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio


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


async def test_a_huge_answer_passes_without_being_held(front: Front) -> None:
    piece, pieces = b"x" * 100_000, 2000

    async def archive(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**OK, "headers": [(b"content-length", b"%d" % (len(piece) * pieces))]})
        for _ in range(pieces):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    caller, received = await front.before(archive=archive), 0
    tracemalloc.start()
    try:
        async with caller.session.get(caller.at(EMPLOYEES)) as response:
            async for got in response.content.iter_any():
                received += len(got)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received == len(piece) * pieces
    assert most_bytes < received // 10
