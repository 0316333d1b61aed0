"""`python -m benchmarks.wire`: a client in a process of its own that costs little: bytes out, and of answers the end.

Reads one line of JSON, a `Load`, from its input, says in one line what came of it, and keeps its connections until its
input ends.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from urllib.parse import urlsplit

from uvicorn.loops.auto import auto_loop_factory

from benchmarks.harness import percentile

_OPENED_AT_ONCE = 100
_LATE_SECONDS = 30.0
"""What is not answered this long after the end is lost."""
_GOOD = b"HTTP/1.1 200 "
_LENGTH = b"\r\ncontent-length:"


@dataclass(frozen=True, slots=True)
class Load:
    url: str
    token: str
    connections: int
    seconds: float
    per_second: float | None = None
    """Asked at even distances on one connection after the other; without it each asks again once it is answered."""

    def request(self) -> bytes:
        parts = urlsplit(self.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    answered: int
    lost: int
    """Refused, cut off or not answered in time."""
    seconds: float
    p50: float
    """Seconds from when a request was due."""
    p99: float


@dataclass
class _Tally:
    times: list[float] = field(default_factory=list)
    sent: int = 0
    lost: int = 0
    """Sent on a connection that is gone, or answered with a refusal."""
    until: float = 0.0
    """Until when who is answered asks again."""


class _Connection(asyncio.Protocol):
    def __init__(self, request: bytes, tally: _Tally) -> None:
        self._request = request
        self._tally = tally
        self._due: deque[float] = deque()
        """When those were due that are not answered; the first one is on its way."""
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what is connected is
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        self._tally.lost += len(self._due)
        self._due.clear()

    def ask(self, due: float) -> None:
        self._tally.sent += 1
        if self._transport.is_closing():
            self._tally.lost += 1
            return
        self._due.append(due)
        if len(self._due) == 1:
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = _end_of(self._buffer)
        if end is None or len(self._buffer) < end:
            return
        good = self._buffer.startswith(_GOOD)
        del self._buffer[:end]
        self._answered(time.perf_counter(), good=good)

    def _answered(self, now: float, *, good: bool) -> None:
        due = self._due.popleft()
        if good:
            self._tally.times.append(now - due)
        else:
            self._tally.lost += 1
        if self._due:
            self._transport.write(self._request)
        elif now < self._tally.until:
            self.ask(now)


def _end_of(answer: bytearray) -> int | None:
    """Tell where an answer with a length ends, once its head is there."""
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return None
    at = answer.lower().find(_LENGTH, 0, head + 2)
    if at < 0:
        raise RuntimeError(f"an answer without a length: {bytes(answer[:200])!r}")
    start = at + len(_LENGTH)
    return head + 4 + int(answer[start : answer.find(b"\r\n", start)])


@asynccontextmanager
async def loaded(load: Load) -> AsyncIterator[Outcome]:
    """Do it, and keep the connections as long as this lasts."""
    tally = _Tally()
    connections = await _opened(load, tally)
    began = time.perf_counter()
    if load.per_second is None:
        tally.until = began + load.seconds
        for connection in connections:
            connection.ask(began)
        await asyncio.sleep(load.seconds)
    else:
        await _ask_evenly(connections, load.per_second, round(load.per_second * load.seconds))
    await _all_answered(tally)
    seconds = time.perf_counter() - began
    answered = len(tally.times)
    times = tally.times or [float("inf")]
    yield Outcome(answered, tally.sent - answered, seconds, percentile(times, 0.5), percentile(times, 0.99))


async def _opened(load: Load, tally: _Tally) -> Sequence[_Connection]:
    loop, parts, request = asyncio.get_running_loop(), urlsplit(load.url), load.request()
    opened: list[_Connection] = []
    while len(opened) < load.connections:
        some = min(_OPENED_AT_ONCE, load.connections - len(opened))
        make = partial(loop.create_connection, partial(_Connection, request, tally), parts.hostname, parts.port)
        opened += [connection for _, connection in await asyncio.gather(*(make() for _ in range(some)))]
    return opened


async def _ask_evenly(connections: Sequence[_Connection], per_second: float, requests: int) -> None:
    began = time.perf_counter()
    for number in range(requests):
        due = began + number / per_second
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        connections[number % len(connections)].ask(due)


async def _all_answered(tally: _Tally) -> None:
    deadline = time.perf_counter() + _LATE_SECONDS
    while len(tally.times) + tally.lost < tally.sent and time.perf_counter() < deadline:  # noqa: ASYNC110 -- of many, any may be last
        await asyncio.sleep(0.005)


async def main() -> None:
    load = Load(**json.loads(sys.stdin.readline()))
    async with loaded(load) as outcome:
        print(json.dumps(asdict(outcome)), flush=True)  # noqa: T201 -- whoever started it reads this
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main())
