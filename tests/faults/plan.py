"""Which faults a run has and in which order: drawn from its seed, so that the same seed does the same again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from shared.contracts.topics import OBSERVATIONS, ORGANISATION, SCORES, TENANCY
from tests.faults import mischief, outages
from tests.faults.chance import chances
from tests.faults.faults import LONG_PAUSE_SECONDS, Strike, kill, stop, strike_at_point
from tests.faults.points import Ending, Order, Point
from tests.faults.stack import NAMES

RELAYS = ("archive", "connector", "performance", "gateway")
"""Services that emit events."""
CONSUMERS = ("archive", "connector", "performance", "notifier", "gateway")
_AT: Mapping[Point, str] = {
    "relay.before_publish": "after commit, before publish",
    "relay.after_publish": "after publish, before mark",
    "consumer.before_commit": "after effect, before offset",
    "consumer.after_commit": "after offset",
    "delivery.before_settle": "after sending, before settling",
}
_LEAST: Mapping[tuple[str, Point], int] = {
    ("connector", "relay.before_publish"): 4,
    ("connector", "relay.after_publish"): 4,
    ("performance", "consumer.before_commit"): 2,
    ("performance", "consumer.after_commit"): 2,
    ("notifier", "delivery.before_settle"): 2,
}
"""Messages a process had better have in hand: the loss of a single one might be hidden by a later correction."""
_LONG = frozenset({("performance", "consumer.before_commit"), ("notifier", "consumer.before_commit")})
"""Where a stopped consumer wakes up so late that another has long taken over."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to do; faults of one kind share a row of the table."""

    kind: str
    target: str
    strike: Strike

    @property
    def name(self) -> str:
        return f"{self.kind} · {self.target}"


@dataclass(frozen=True, slots=True)
class Lane:
    """Faults that follow each other, while those of other lanes go on at the same time."""

    name: str
    faults: Sequence[Fault]
    """Each must hit once."""
    pause: tuple[float, float]
    """Seconds between two."""
    again: Sequence[Fault] = ()
    """What may be done again while there is time."""


def whole_plan(seed: str) -> list[Lane]:
    """Everything there is, each lane in an order of its own."""
    surroundings = _lane(seed, "surroundings", list(_outages()), pause=(3.0, 7.0))
    middle = len(surroundings.faults) // 2
    wipe = Fault("broker loses its disk", "kafka", outages.wipe_broker)  # once, and when there is something to lose
    return [
        _lane(seed, "processes", list(_processes()), pause=(0.3, 2.0)),
        _lane(seed, "points", list(_points()), pause=(0.3, 1.5)),
        replace(surroundings, faults=[*surroundings.faults[:middle], wipe, *surroundings.faults[middle:]]),
        _lane(seed, "messages", list(_messages()), pause=(0.5, 2.0)),
    ]


def short_plan() -> list[Lane]:
    """Each named point once and one broker restart; and poison, which is retried before it is set aside."""
    points = [
        _point("connector", "relay.before_publish", "SIGKILL"),
        _point("performance", "relay.after_publish", "SIGKILL"),
        _point("performance", "consumer.before_commit", "SIGKILL"),
        _point("performance", "consumer.after_commit", "SIGKILL"),
        _point("notifier", "delivery.before_settle", "SIGKILL"),
    ]
    poison = [Fault("poison: refused", topic.name, _refusing(topic.name)) for topic in (OBSERVATIONS, TENANCY)]
    restart = Fault("broker stops and starts", "kafka", outages.stop_broker)
    return [
        Lane(name, each, (0.1, 0.5)) for name, each in (("points", points), ("restart", [restart]), ("poison", poison))
    ]


def _lane(seed: str, name: str, faults: list[Fault], *, pause: tuple[float, float]) -> Lane:
    chances(seed, f"order of {name}").shuffle(faults)
    return Lane(name, faults, pause, again=faults)


def _processes() -> Iterator[Fault]:
    for name in NAMES:
        yield Fault("kill -9 at random", name, partial(kill, name=name))
        yield Fault("SIGSTOP at random", name, partial(stop, name=name))


def _points() -> Iterator[Fault]:
    endings: tuple[Ending, ...] = ("SIGKILL", "SIGSTOP")
    for ending in endings:
        for service in RELAYS:
            yield _point(service, "relay.before_publish", ending)
            yield _point(service, "relay.after_publish", ending)
        for service in CONSUMERS:
            yield _point(service, "consumer.before_commit", ending)
            yield _point(service, "consumer.after_commit", ending)
        yield _point("notifier", "delivery.before_settle", ending)


def _point(service: str, point: Point, ending: Ending) -> Fault:
    pause = LONG_PAUSE_SECONDS if (service, point) in _LONG else None
    order = Order(ending, least=_LEAST.get((service, point), 1))
    strike = partial(strike_at_point, service=service, point=point, order=order, pause=pause)
    return Fault(f"{'kill -9' if ending == 'SIGKILL' else 'SIGSTOP'} {_AT[point]}", service, strike)


def _outages() -> Iterator[Fault]:
    yield Fault("broker stops and starts", "kafka", outages.stop_broker)
    yield Fault("broker is killed", "kafka", outages.kill_broker)
    yield Fault("broker is frozen", "kafka", outages.freeze_broker)
    yield Fault("database stops and starts", "postgres", outages.stop_postgres)
    yield Fault("database is dropped at once", "postgres", outages.drop_postgres)
    yield Fault("database is killed", "postgres", outages.kill_postgres)
    yield Fault("database is frozen", "postgres", outages.freeze_postgres)
    for towards in ("postgres", "kafka"):
        yield Fault("network is cut", towards, partial(outages.break_network, towards=towards, mode="cut"))
        yield Fault("network is half open", towards, partial(outages.break_network, towards=towards, mode="half_open"))
        yield Fault("network is slow", towards, partial(outages.slow_network, towards=towards))


def _messages() -> Iterator[Fault]:
    for group in CONSUMERS:
        yield Fault("replay from zero", group, partial(mischief.replay, group=group))
    for topic in (OBSERVATIONS, SCORES, ORGANISATION, TENANCY):
        yield Fault("messages three times, shuffled", topic.name, partial(mischief.double, topic=topic.name))
        yield Fault("poison: unreadable", topic.name, partial(mischief.poison_unreadable, topic=topic.name))
    for service in RELAYS:
        yield Fault("new messages out of order", service, partial(mischief.shuffle, service=service))
    for event in mischief.INVALID:
        yield Fault("poison: invalid", event.topic.name, partial(mischief.poison_invalid, kind=event))
    for event in mischief.REFUSABLE:
        yield Fault("poison: refused", event.topic.name, _refusing(event.topic.name))


def _refusing(topic: str) -> Strike:
    kind = next(kind for kind in mischief.REFUSABLE if kind.topic.name == topic)
    return partial(mischief.poison_refused, kind=kind)
