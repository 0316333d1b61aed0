"""The proxy itself: whole in a good network, and bad in each of its ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from deploy.standalone.postgres import free_port
from tests.factories.waiting import eventually
from tests.faults.proxies import proxying
from tests.faults.proxy import Proxy, Terms

pytestmark = pytest.mark.anyio
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]
A_MOMENT = 0.1


@asynccontextmanager
async def echoing(*, silent: bool = False) -> AsyncIterator[int]:
    """Serve whatever comes back to its sender, or take it and say nothing; gives the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if not silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def proxied(*, silent: bool = False) -> AsyncIterator[tuple[Proxy, int]]:
    async with echoing(silent=silent) as target:
        proxy = Proxy(target_port=target)
        port = await proxy.open()
        try:
            yield proxy, port
        finally:
            await proxy.close()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def says_back(wire: Wire, said: bytes) -> bool:
    reader, writer = wire
    writer.write(said)
    await writer.drain()
    return await asyncio.wait_for(reader.readexactly(len(said)), 10) == said


async def hears_nothing(wire: Wire) -> bool:
    try:
        await asyncio.wait_for(wire[0].read(1), A_MOMENT)
    except TimeoutError:
        return True
    return False


async def is_reset(wire: Wire) -> bool:
    try:
        return await asyncio.wait_for(wire[0].read(1), 10) == b""
    except ConnectionResetError:
        return True


async def test_a_good_network_carries_every_byte_and_the_end_of_a_connection() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        assert await says_back(wire, b"x" * 3_000_000)
        wire[1].write_eof()
        assert await wire[0].read() == b""
        await eventually(lambda: _none_open(proxy))


async def _none_open(proxy: Proxy) -> bool:
    return proxy.traffic().open == 0


async def test_a_request_without_its_answer_is_seen_as_waiting() -> None:
    async with proxied(silent=True) as (proxy, port), connected(port) as wire:
        wire[1].write(b"ask")

        async def waits() -> bool:
            return proxy.traffic().waiting == 1

        await eventually(waits)


async def test_an_answered_request_is_not() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        assert await says_back(wire, b"ask")
        assert (proxy.traffic().open, proxy.traffic().waiting) == (1, 0)


async def test_a_cut_resets_what_is_open_and_whoever_comes() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        assert await says_back(wire, b"before")
        assert proxy.switch(Terms("cut")).open == 1
        assert await is_reset(wire)
        async with connected(port) as late:
            assert await is_reset(late)
        assert proxy.traffic().reset == 2
        proxy.switch(Terms())
        async with connected(port) as later:
            assert await says_back(later, b"after")


async def test_a_half_open_network_swallows_and_closes_nothing_until_it_heals() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        assert await says_back(wire, b"before")
        proxy.switch(Terms("half_open"))
        wire[1].write(b"lost")
        async with connected(port) as late:
            late[1].write(b"lost as well")
            assert await hears_nothing(wire)
            assert await hears_nothing(late)
            assert proxy.traffic().swallowed == len(b"lostlost as well")
            proxy.switch(Terms())
            assert await is_reset(wire)
            assert await is_reset(late)


async def test_whoever_said_nothing_in_a_half_open_network_goes_on_after_it() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        assert await says_back(wire, b"before")
        proxy.switch(Terms("half_open"))
        proxy.switch(Terms())
        assert await says_back(wire, b"after")


async def test_a_stalled_network_keeps_what_it_was_given() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        proxy.switch(Terms("stall"))
        wire[1].write(b"patience")
        assert await hears_nothing(wire)
        proxy.switch(Terms())
        assert await asyncio.wait_for(wire[0].readexactly(8), 10) == b"patience"


async def test_a_slow_network_takes_its_time_and_loses_nothing() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        proxy.switch(Terms("slow", latency=A_MOMENT, bytes_per_second=1_000_000))
        started = asyncio.get_running_loop().time()
        assert await says_back(wire, b"x" * 10_000)
        assert asyncio.get_running_loop().time() - started >= 2 * A_MOMENT
        assert proxy.traffic().delayed == 20_000


async def test_a_connection_is_known_by_its_port_on_either_side() -> None:
    async with proxied() as (proxy, port), connected(port) as wire:
        assert await says_back(wire, b"hello")
        (client,) = proxy.pairs()
        assert client == wire[1].get_extra_info("sockname")[1]


async def test_proxies_in_their_own_process_obey() -> None:
    async with echoing() as target, echoing() as other:
        route = {"echo": (free_port(), target)}
        async with proxying(route) as proxies, connected(route["echo"][0]) as wire:
            assert await says_back(wire, b"hello")
            assert len(await proxies.pairs("echo")) == 1
            assert (await proxies.switch("echo", Terms("cut"))).open == 1
            assert await is_reset(wire)
            await proxies.aim("echo", other)
            await proxies.switch("echo", Terms())
            async with connected(route["echo"][0]) as again:
                assert await says_back(again, b"hello")
            assert (await proxies.traffic("echo")).reset == 1


async def test_a_server_that_is_away_ends_the_connection() -> None:
    async with echoing() as gone:
        pass
    proxy = Proxy(target_port=gone)
    port = await proxy.open()
    async with connected(port) as wire:
        assert await is_reset(wire)
    await proxy.close()
