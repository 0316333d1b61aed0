"""What is done to messages: replayed, doubled, shuffled, poisoned; and how dead letters are read."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import Random
from typing import TypeVar
from uuid import uuid4

from aiokafka.errors import KafkaError

from deploy.migrate import SERVICES
from shared.contracts.envelope import EventData
from shared.contracts.observations import BusinessTargetChanged, ObservationsRecorded
from shared.contracts.organisation import EmployeeChanged
from shared.contracts.scores import ScoresChanged
from shared.contracts.tenancy import TenantChanged
from shared.contracts.topics import DEAD_LETTER_TOPICS, TENANCY, dead_letters_of
from shared.kit.bus.port import Bus, Fenced, GroupBusy, Message
from shared.kit.dead_letters import Letter
from tests.faults.chance import drawn_id
from tests.faults.direct import Away
from tests.faults.faults import PATIENCE_SECONDS, Missed, fired_at
from tests.faults.found import DeadLetter
from tests.faults.looks import Hit
from tests.faults.points import Order
from tests.faults.scene import Scene
from tests.faults.watch import subscriptions_of

T = TypeVar("T")
TIMES = 3
MOST_DOUBLED = 150
PILING_SECONDS = 15.0
FEWEST_SHUFFLED = 6
"""Fewer new messages would hardly come out of order."""
_BESIDE = 3
_READ = 2000
_UNPUBLISHED = (
    "SELECT topic, key, payload FROM {service}.outbox WHERE published_at IS NULL AND headers IS NULL LIMIT 500"
)
_SET_ASIDE = "SELECT count(*) FROM {service}.outbox WHERE topic = $1 AND payload = $2"


async def replay(scene: Scene, random: Random, *, group: str) -> Hit:
    """Let a group begin again at the oldest message of each of its topics; its members leave in order for it."""
    herd, topics = scene.stack.herd, subscriptions_of(group).topics
    names = herd.names(kind="worker", service=group)
    turns = [herd.turns[name] for name in names]
    for turn in turns:
        await turn.acquire()
    try:
        await herd.leave(names)
        await _persistently(lambda: scene.stack.bus.rewind(group=group, topics=topics))
        lag = await _persistently(lambda: scene.stack.bus.lag(group=group, topics=topics))
        herd.let_back(names)
        for name in names:
            await scene.stack.until_alive(name)
    finally:
        herd.let_back(names)
        for turn in turns:
            turn.release()
    return {"replayed": sum(lag.values())}


async def double(scene: Scene, random: Random, *, topic: str) -> Hit:
    """Deliver messages of a topic three times more, in any order."""
    messages = await read(scene.stack.bus, [topic], most=_READ)
    chosen = random.sample(messages, min(MOST_DOUBLED, len(messages))) * TIMES
    random.shuffle(chosen)
    if not chosen:
        raise Missed(f"{topic} is empty")
    await _persistently(lambda: scene.stack.bus.publish(chosen))
    return {"doubled": len(chosen)}


async def shuffle(scene: Scene, random: Random, *, service: str) -> Hit:
    """Let events be delivered out of order, and three times, before their relay publishes them in order."""
    fired = await fired_at(scene, service, "relay.before_publish", Order("SIGSTOP"))
    try:
        new = await _piled_up(scene, service)
        rows = new * TIMES
        random.shuffle(rows)
        await _persistently(lambda: scene.stack.bus.publish(rows))
    finally:
        with suppress(ProcessLookupError):
            os.kill(fired.pid, signal.SIGCONT)
    return {"out of order": len(new)}


async def _piled_up(scene: Scene, service: str) -> list[Message]:
    """Wait until there is something to shuffle in the outbox of a service whose relay stands still."""
    query, deadline = _UNPUBLISHED.format(service=service), time.monotonic() + PILING_SECONDS
    while time.monotonic() < deadline:
        with suppress(Away):
            rows = await scene.stack.direct.fetch(query)
            if len(rows) >= FEWEST_SHUFFLED:
                return [Message(*row) for row in rows]
        await asyncio.sleep(0.1)
    raise Missed(f"{service} had nothing to say")


async def poison_unreadable(scene: Scene, random: Random, *, topic: str) -> Hit:
    """Put bytes on a topic that are no event at all; every group that listens must set them aside."""
    groups = [service for service in SERVICES if topic in subscriptions_of(service).topics]
    return await _poison(scene, random, topic, b"\xff\xfe poison " + drawn_id(random).hex.encode(), groups)


async def poison_invalid(scene: Scene, random: Random, *, kind: type[EventData]) -> Hit:
    """Send an event whose envelope is sound and whose data are not."""
    return await _poison_event(scene, random, kind, {"nonsense": drawn_id(random).hex})


async def poison_refused(scene: Scene, random: Random, *, kind: type[EventData]) -> Hit:
    """Send an event that is valid to the letter and that its handler cannot take in.

    It has a number beyond all bounds, or a name that PostgreSQL refuses.
    """
    return await _poison_event(scene, random, kind, refused(kind, random), unmoved=_UNMOVED.get(kind, frozenset()))


def refused(kind: type[EventData], random: Random) -> dict[str, object]:
    """Write the data of such an event."""
    return _REFUSED[kind](random)


def listening(kind: type[EventData]) -> list[str]:
    """Name the groups that take such events in; news of tenants are for all."""
    return [each for each in SERVICES if kind.topic == TENANCY or kind in subscriptions_of(each).handlers]


async def read(bus: Bus, topics: Sequence[str], *, most: int) -> list[Message]:
    """Read from the beginning of some topics, as a group of its own; again from there while the broker is away."""
    return await _persistently(lambda: _read_once(bus, topics, most))


async def _read_once(bus: Bus, topics: Sequence[str], most: int) -> list[Message]:
    group, found = f"faults-{uuid4().hex}", list[Message]()
    async with bus.subscribe(group=group, topics=topics) as subscription:
        while len(found) < most:
            for batch in await subscription.fetch(max_messages=500, max_wait=0.5):
                found += batch.messages
                await subscription.commit(batch)
            if not any((await bus.lag(group=group, topics=topics)).values()):
                break
    return found


async def dead_letters(bus: Bus) -> list[DeadLetter]:
    """Read all dead letters there are."""
    messages = await read(bus, [topic.name for topic in DEAD_LETTER_TOPICS], most=1_000_000)
    letters = map(Letter.read, messages)
    return [DeadLetter(letter.group, letter.message.topic, letter.message.value) for letter in letters]


async def _poison_event(
    scene: Scene,
    random: Random,
    kind: type[EventData],
    data: dict[str, object],
    *,
    unmoved: frozenset[str] = frozenset(),
) -> Hit:
    groups = [service for service in listening(kind) if service not in unmoved]
    event = {
        "specversion": "1.0",
        "id": str(drawn_id(random)),
        "source": "/faults",
        "type": kind.event_type,
        "subject": "poison",
        "time": "2026-01-15T00:00:00Z",
        "tenantid": scene.company.tenant,
        "sequence": "1",
        "data": data,
    }
    return await _poison(scene, random, kind.topic.name, json.dumps(event).encode(), groups)


async def _poison(scene: Scene, random: Random, topic: str, value: bytes, groups: Sequence[str]) -> Hit:
    """Put poison among messages that wait, and wait until every group has set it aside and gone on.

    News of tenants are few, so some that all know already come before and after it.
    """
    key = f"{scene.company.tenant}/poison/{random.random()}"
    async with scene.disk:  # were the disk lost meanwhile, nobody would ever meet the poison
        beside = await _sound_news(scene, random) if topic == TENANCY.name else []
        waiting = await _waiting_for(scene, groups)
        await _persistently(lambda: scene.stack.bus.publish([*beside, Message(topic, key, value), *beside]))
        scene.poison += [(group, topic, value) for group in groups]
        with suppress(TimeoutError):  # what is never set aside, the checker will miss
            async with asyncio.timeout(2 * PATIENCE_SECONDS):
                for group in groups:
                    await _until_set_aside(scene, group, dead_letters_of(topic), value)
    return {"unconsumed": waiting, "poison": len(groups)}


async def _sound_news(scene: Scene, random: Random) -> list[Message]:
    poison = {value for _, _, value in scene.poison}
    news = [each for each in await read(scene.stack.bus, [TENANCY.name], most=_READ) if each.value not in poison]
    return random.sample(news, min(_BESIDE, len(news)))


async def _waiting_for(scene: Scene, groups: Sequence[str]) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (waiting := sum(map(scene.stack.watch.lag, groups))):
        if time.monotonic() > deadline:
            raise Missed(f"nothing waits for {', '.join(groups)}")
        await asyncio.sleep(0.1)
    return waiting


async def _until_set_aside(scene: Scene, group: str, topic: str, value: bytes) -> None:
    query = _SET_ASIDE.format(service=group)
    while True:
        with suppress(Away):
            if (await scene.stack.direct.fetch(query, topic, value))[0][0]:
                return
        await asyncio.sleep(0.2)


async def _persistently(act: Callable[[], Awaitable[T]]) -> T:
    """Try again while the broker is away or a group still has members. Raises TimeoutError."""
    async with asyncio.timeout(2 * PATIENCE_SECONDS):
        while True:
            try:
                return await act()
            except (KafkaError, GroupBusy, Fenced, OSError, TimeoutError):
                await asyncio.sleep(0.5)


def _refused_observations(random: Random) -> dict[str, object]:
    item = {
        "observation_id": str(drawn_id(random)),
        "revision": 2**40,
        "source": "poison",
        "remote_id": drawn_id(random).hex,
        "measure": "order.amount",
        "subject_kind": "employee",
        "subject_id": str(drawn_id(random)),
        "value": "1",
        "occurred_at": "2026-02-02T00:00:00Z",
        "credit_date": "2026-02-02",
    }
    return {"batch_id": str(drawn_id(random)), "shard": 0, "items": [item]}


def _refused_scores(random: Random) -> dict[str, object]:
    ids = {name: str(drawn_id(random)) for name in ("scorecard_id", "employee_id", "department_id")}
    change = {**ids, "sequence": 2**70, "status": "provisional"}
    return {
        "cycle_id": str(drawn_id(random)),
        "run_id": str(drawn_id(random)),
        "cause": {"kind": "observations"},
        "changes": [change],
    }


def _refused_target(random: Random) -> dict[str, object]:
    return {
        "business_target_id": str(drawn_id(random)),
        "sequence": 2**70,
        "source": "poison",
        "metric": "poison",
        "subject_kind": "company",
        "starts_on": "2026-01-01",
        "ends_on": "2026-07-01",
        "value": "1",
    }


def _refused_tenant(random: Random) -> dict[str, object]:
    named = {"tenant_id": str(drawn_id(random)), "name": "poison \0"}
    return {**named, "sequence": 1, "zone": "Asia/Shanghai", "currency": "CNY"}


_REFUSED: dict[type[EventData], Callable[[Random], dict[str, object]]] = {
    ObservationsRecorded: _refused_observations,
    ScoresChanged: _refused_scores,
    TenantChanged: _refused_tenant,
    BusinessTargetChanged: _refused_target,
}
_UNMOVED: dict[type[EventData], frozenset[str]] = {ObservationsRecorded: frozenset({"notifier"})}
"""Who reads no number of an event, and so takes it in all the same: the feed tells whom observations are about."""
REFUSABLE = tuple(_REFUSED)
INVALID: tuple[type[EventData], ...] = (ObservationsRecorded, ScoresChanged, EmployeeChanged, TenantChanged)
