"""Hosts that companies name: asked only where they are public, and believed only so far."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.gateway.clients.guarded import MOST_BYTES, GuardedClient, Unreachable
from tests.factories.serving import saying, talking

pytestmark = pytest.mark.anyio
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    client = GuardedClient(allow_private=True, patience=timedelta(seconds=2))
    yield client
    await client.close()


async def test_a_small_answer_is_given(client: GuardedClient) -> None:
    async with talking(saying(HELLO)) as url:
        answer = await client.get(url)
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_nothing_is_said_to_ones_own_network(host: str) -> None:
    reached = asyncio.Event()

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        writer.write(HELLO)

    strict = GuardedClient(allow_private=False)
    async with talking(talk) as url:
        with pytest.raises(Unreachable):
            await strict.get(url.replace("127.0.0.1", host))
    await strict.close()
    assert not reached.is_set()


async def test_a_redirect_is_not_followed(client: GuardedClient) -> None:
    async with talking(
        saying(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    ) as url:
        assert (await client.get(url)).status == 302


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MOST_BYTES + 1) + b"x" * (MOST_BYTES + 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
async def test_too_much_too_little_and_nonsense_are_no_answer(client: GuardedClient, answer: bytes) -> None:
    async with talking(saying(answer)) as url:
        with pytest.raises(Unreachable):
            await client.get(url)


async def test_who_does_not_answer_is_given_up() -> None:
    hurried, answered = GuardedClient(allow_private=True, patience=timedelta(milliseconds=50)), asyncio.Event()

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answered.wait()

    async with talking(talk) as url:
        with pytest.raises(Unreachable):
            await hurried.get(url)
        answered.set()
    await hurried.close()


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "https://", f"http://{'x' * 64}.example.com/", "http://127.0.0.1:1/"]
)
async def test_what_cannot_be_reached_says_so(client: GuardedClient, url: str) -> None:
    with pytest.raises(Unreachable):
        await client.get(url)
