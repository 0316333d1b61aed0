"""The client of the benchmarks counts what was answered and what was lost, and takes an answer for whole when it is."""

import pytest
from starlette.types import Receive, Scope, Send

from benchmarks.plain import answer
from benchmarks.wire import Load, loaded
from tests.factories.serving import saying, serving, talking

pytestmark = pytest.mark.anyio


def load(url: str, *, per_second: float | None = None) -> Load:
    return Load(f"{url}/v1/departments?limit=1", "token", connections=3, seconds=0.2, per_second=per_second)


async def test_everything_asked_at_even_distances_is_answered() -> None:
    asked: list[Scope] = []

    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)
        await answer(scope, receive, send)

    async with serving(service) as url, loaded(load(url, per_second=100)) as outcome:
        assert (outcome.answered, outcome.lost, len(asked)) == (20, 0, 20)
    assert {(scope["path"], scope["query_string"]) for scope in asked} == {("/v1/departments", b"limit=1")}
    assert {client for client, _ in (scope["client"] for scope in asked)} == {"127.0.0.1"}
    assert len({scope["client"] for scope in asked}) == 3


async def test_who_is_answered_asks_again() -> None:
    async with serving(answer) as url, loaded(load(url)) as outcome:
        assert outcome.answered >= 3
        assert outcome.lost == 0


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno"]
)
async def test_what_is_refused_or_cut_off_is_lost(said: bytes) -> None:
    async with talking(saying(said)) as url, loaded(load(url, per_second=100)) as outcome:
        assert (outcome.answered, outcome.lost) == (0, 20)
