"""The HTTP client against servers that mean no good."""

import asyncio
import gzip
import socket
from datetime import timedelta

import pytest
from aiohttp import web

from services.notifier.clients.webhook import MAX_RESPONSE_BYTES, WebhookClient
from services.notifier.domain.delivery import Reply
from services.notifier.domain.targets import Targets
from tests.factories.webhooks import Subscriber

pytestmark = pytest.mark.anyio
ANYWHERE = Targets(allow_private=True)


async def post(url: str, targets: Targets = ANYWHERE, **options: timedelta) -> Reply:
    async with WebhookClient.opened(targets, **options) as courier:
        return await courier.post(url, body=b"{}", headers={})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "LOCALHOST"])
async def test_an_address_of_this_machine_is_refused_before_anything_is_sent(subscriber: Subscriber, host: str) -> None:
    url = subscriber.at("/").replace("127.0.0.1", host)
    assert (await post(url, Targets())).error == "target_forbidden"
    assert subscriber.requests == []


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.0.0.1", "0177.0.0.1"])
async def test_an_address_in_disguise_is_refused(subscriber: Subscriber, host: str) -> None:
    url = subscriber.at("/").replace("127.0.0.1", host)
    reply = await post(url, Targets())
    assert reply.error in {"target_forbidden", "url_invalid"}
    assert subscriber.requests == []


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fd00:ec2::254]", "[64:ff9b::a00:1]", "[fe80::1]"])
async def test_a_private_address_is_refused(host: str) -> None:
    assert (await post(f"https://{host}/", Targets())).error == "target_forbidden"


@pytest.mark.parametrize("host", ["a..example", ".", f"{'a' * 64}.example"])
async def test_a_host_that_can_be_no_name_is_a_failed_attempt(host: str) -> None:
    assert (await post(f"https://{host}/", Targets())).error == "name_unresolved"


class OnlyHere(Targets):
    """Takes 127.0.0.1 for the public internet, and all else for what must not be reached."""

    def admits(self, address: str) -> bool:
        return address == "127.0.0.1"


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> None:
    """Let a name server that lies say these addresses, one answer a look-up."""
    coming = iter(answers)

    async def look_up(_host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        kinds = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kinds, (address, port)) for address in next(coming)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused_then(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, ("127.0.0.1",), ("127.0.0.2",))
    url = subscriber.at("/").replace("127.0.0.1", "hooks.example.com")
    assert (await post(url, OnlyHere())).status == 204
    assert (await post(url, OnlyHere())).error == "target_forbidden"
    assert len(subscriber.requests) == 1


async def test_a_name_with_one_private_address_is_refused_altogether(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, ("127.0.0.1", "169.254.169.254"))
    url = subscriber.at("/").replace("127.0.0.1", "hooks.example.com")
    assert (await post(url, OnlyHere())).error == "target_forbidden"
    assert subscriber.requests == []


async def test_a_redirect_is_not_followed(subscriber: Subscriber) -> None:
    subscriber.answers["/"] = iter([web.Response(status=307, headers={"Location": subscriber.at("/inside")})])
    assert (await post(subscriber.at("/"))).status == 307
    assert len(subscriber.requests) == 1


async def test_of_a_flood_only_the_beginning_is_read(subscriber: Subscriber) -> None:
    subscriber.answers["/"] = iter([web.Response(body=b"x" * 10_000_000)])
    assert (await post(subscriber.at("/"))).body == b"x" * MAX_RESPONSE_BYTES


async def test_what_is_compressed_stays_compressed(subscriber: Subscriber) -> None:
    bomb = gzip.compress(b"0" * 1_000_000)
    subscriber.answers["/"] = iter([web.Response(body=bomb, headers={"Content-Encoding": "gzip"})])
    assert (await post(subscriber.at("/"))).body == bomb[:MAX_RESPONSE_BYTES]


async def test_a_server_that_keeps_silent_is_given_up(subscriber: Subscriber) -> None:
    subscriber.gates["/"] = asyncio.Event()
    reply = await post(subscriber.at("/"), patience=timedelta(seconds=0.1))
    assert (reply.status, reply.error) == (None, "timeout")


async def test_cookies_are_not_kept(subscriber: Subscriber) -> None:
    subscriber.answers["/"] = iter([web.Response(headers={"Set-Cookie": "who=you"})])
    async with WebhookClient.opened(ANYWHERE) as courier:
        for _ in range(2):
            await courier.post(subscriber.at("/"), body=b"{}", headers={})
    assert [request.headers.get("Cookie") for request in subscriber.requests] == [None, None]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:9/", "connection_failed"),
        ("http://nobody.invalid/", "name_unresolved"),
        ("http://", "url_invalid"),
    ],
)
async def test_a_failure_has_a_name(url: str, error: str) -> None:
    assert (await post(url)).error == error


async def test_a_server_without_tls_fails_the_handshake(subscriber: Subscriber) -> None:
    assert (await post(subscriber.at("/").replace("http:", "https:"))).error == "tls_failed"
