"""One observation: how long until its score is on the bus, and how long from its commit until a webhook has arrived."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import orjson
from aiohttp import web

from benchmarks.ground import Ground
from benchmarks.harness import Figure, Goal, percentile, spread_of
from benchmarks.observations import SOURCE
from benchmarks.stack import TITLES, BusName, Stack, running_stack
from deploy.standalone.postgres import HOST
from shared.contracts.scores import ScoresChanged
from shared.contracts.topics import SCORES, Topic
from shared.kit.bus.port import Message, Subscription

_BARE = Topic("bench.latency", partitions=1, retention_days=1)
_GOALS_MS: dict[BusName, float] = {"postgres": 30, "kafka": 60}
_WARM_UP = 5
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = (0.02, 0.12)
"""Between trials, so that none rides on the one before, nor in step with whatever looks every so often."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """Seconds from sending an observation to its answer, its score on the bus and its webhook; bare, of a message."""

    answered: float
    event: float
    webhook: float
    bare: float


async def run(ground: Ground, bus: BusName) -> list[Figure]:
    """Give p50 and p95, beside those of one message that is published and fetched on the same bus in the same trial."""
    async with running_stack(ground, f"latency_{bus}", bus) as stack, _receiving() as receiver:
        await stack.hr.post("/v1/webhooks", {"url": receiver.url, "event_types": ["score.changed.v1"]})
        await stack.bus.prepare([_BARE])
        async with (
            stack.bus.subscribe(group="bench-latency", topics=[SCORES.name]) as scores,
            stack.bus.subscribe(group="bench-bare", topics=[_BARE.name]) as bare,
        ):
            course = _Course(stack, receiver, scores, bare)
            trials = [await course.trial() for _ in range(_WARM_UP + ground.sized(60, 500))]
    return list(_figures(trials[_WARM_UP:], bus))


standalone = partial(run, bus="postgres")
kafka = partial(run, bus="kafka")


def _figures(trials: Sequence[_Trial], bus: BusName) -> Iterator[Figure]:
    bare = [1000 * trial.bare for trial in trials]
    to_event = [1000 * trial.event for trial in trials]
    to_webhook = [1000 * (trial.webhook - trial.answered) for trial in trials]
    goal = Goal("value", "at_most", _GOALS_MS[bus])
    yield _figure(f"observation → scores.changed, {TITLES[bus]}, p50", to_event, bare, share=0.5, goal=goal)
    yield _figure(f"observation → scores.changed, {TITLES[bus]}, p95", to_event, bare, share=0.95)
    yield _figure(f"commit → webhook, {TITLES[bus]}, p50", to_webhook, bare, share=0.5)
    yield _figure(f"commit → webhook, {TITLES[bus]}, p95", to_webhook, bare, share=0.95)


def _figure(
    name: str, times: Sequence[float], bare: Sequence[float], *, share: float, goal: Goal | None = None
) -> Figure:
    value, reference = percentile(times, share), percentile(bare, share)
    return Figure(name, value, "ms", reference, value / reference, goal, spread=f"{spread_of(times)} ms")


class _Course:
    """Sends one observation after the other and sees where it comes out."""

    def __init__(self, stack: Stack, receiver: "_Receiver", scores: Subscription, bare: Subscription) -> None:
        self._stack = stack
        self._receiver = receiver
        self._scores = scores
        self._bare = bare
        self._people = dict(stack.company.employees)
        self._chance = random.Random(20260305)  # noqa: S311 -- chooses people and pauses, keeps no secret

    async def trial(self) -> _Trial:
        await asyncio.sleep(self._chance.uniform(*_PAUSE_SECONDS))
        number = self._chance.choice([*self._people])
        employee_id = self._people[number]
        body = orjson.dumps({"source": SOURCE, "items": [self._stack.company.crm.order(number)]})
        self._receiver.expect(employee_id)
        bare = await self._bare_trip()
        async with asyncio.timeout(_PATIENCE_SECONDS):
            began = time.perf_counter()
            heard = asyncio.create_task(_heard(self._scores, lambda message: _is_about(message, employee_id)))
            await self._stack.sender.post(body)
            answered = time.perf_counter()
            event, webhook = await heard, await self._receiver.arrival()
        return _Trial(answered - began, event - began, webhook - began, bare)

    async def _bare_trip(self) -> float:
        value = b"%d" % self._chance.getrandbits(64)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            heard = asyncio.create_task(_heard(self._bare, lambda message: message.value == value))
            await asyncio.sleep(self._chance.uniform(*_PAUSE_SECONDS))  # until somebody waits
            began = time.perf_counter()
            await self._stack.bus.publish([Message(_BARE.name, "key", value)])
            return await heard - began


async def _heard(subscription: Subscription, wanted: Callable[[Message], bool]) -> float:
    """Read on until the wanted message; gives when it was there."""
    while True:
        for batch in await subscription.fetch(max_messages=500, max_wait=1.0):
            at = time.perf_counter()
            await subscription.commit(batch)
            if any(map(wanted, batch.messages)):
                return at


def _is_about(message: Message, employee_id: str) -> bool:
    event = orjson.loads(message.value)
    changes = event["data"]["changes"] if event["type"] == ScoresChanged.event_type else ()
    return any(change["employee_id"] == employee_id for change in changes)


class _Receiver:
    """A subscriber's server that notes when the news of one person comes in."""

    def __init__(self) -> None:
        self.url = ""
        self._expected = ""
        self._arrived: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def expect(self, employee_id: str) -> None:
        self._expected, self._arrived = employee_id, asyncio.get_running_loop().create_future()

    async def arrival(self) -> float:
        return await self._arrived

    async def take(self, request: web.Request) -> web.Response:
        at = time.perf_counter()
        event = orjson.loads(await request.read())
        if event["data"]["employee_id"] == self._expected and not self._arrived.done():
            self._arrived.set_result(at)
        return web.Response(status=204)


@asynccontextmanager
async def _receiving() -> AsyncIterator[_Receiver]:
    receiver = _Receiver()
    app = web.Application()
    app.router.add_post("/", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    try:
        receiver.url = f"http://{HOST}:{runner.addresses[0][1]}/"
        yield receiver
    finally:
        await runner.cleanup()
