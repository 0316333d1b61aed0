"""Points strike once, where they are armed, only with something in hand, and leave a line behind."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psutil
import pytest

from deploy.standalone.settings import ROOT
from deploy.standalone.waiting import comes_true
from shared.contracts.envelope import Head
from shared.kit.bus.port import Batch, Message
from tests.faults import faults
from tests.faults.faults import Missed, fired_at
from tests.faults.points import Ending, Fired, Order, Orders, Point, PointedBus, Points

PASSING = """
import sys
from pathlib import Path
from tests.faults.points import Orders, Points
points = Points(Orders(Path(sys.argv[1])), service=sys.argv[2])
for in_hand in map(int, sys.argv[4:]):
    points.pass_by(sys.argv[3], lambda: in_hand)
print("passed")
"""
HERE: Point = "relay.after_publish"


@pytest.fixture
def orders(tmp_path: Path) -> Orders:
    return Orders(tmp_path)


def passing(folder: Path, point: Point, in_hand: Sequence[int], *, service: str = "connector") -> subprocess.Popen[str]:
    """Let a process of its own pass by a point several times."""
    arguments = [str(folder), service, point, *map(str, in_hand)]
    return subprocess.Popen([sys.executable, "-c", PASSING, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=60)
    return process.returncode, output.strip()


def test_nothing_happens_where_nothing_is_armed(tmp_path: Path, orders: Orders) -> None:
    assert ended(passing(tmp_path, HERE, [1, 2])) == (0, "passed")
    assert orders.fired() == []


def test_the_process_dies_at_the_point_with_what_it_has_in_hand(tmp_path: Path, orders: Orders) -> None:
    orders.arm("connector", HERE, Order("SIGKILL"))
    assert ended(passing(tmp_path, HERE, [0, 3, 5])) == (-signal.SIGKILL, "")
    assert [(fired.point, fired.service, fired.in_hand) for fired in orders.fired()] == [(HERE, "connector", 3)]


def test_an_order_is_obeyed_once(tmp_path: Path, orders: Orders) -> None:
    orders.arm("connector", HERE, Order("SIGKILL"))
    ended(passing(tmp_path, HERE, [1]))
    assert ended(passing(tmp_path, HERE, [1])) == (0, "passed")
    assert not orders.disarm("connector", HERE)


def test_a_stopped_process_goes_on_when_it_is_let(tmp_path: Path, orders: Orders) -> None:
    orders.arm("connector", HERE, Order("SIGSTOP"))
    process = passing(tmp_path, HERE, [2])
    stopped = psutil.Process(process.pid)
    assert comes_true(lambda: stopped.status() == psutil.STATUS_STOPPED, within=30)
    assert orders.fired()[0].pid == process.pid
    stopped.resume()
    assert ended(process) == (0, "passed")


@pytest.mark.parametrize(("service", "point"), [("archive", HERE), ("connector", "relay.before_publish")])
def test_other_services_and_points_are_not_meant(tmp_path: Path, orders: Orders, service: str, point: Point) -> None:
    orders.arm("connector", HERE, Order("SIGKILL"))
    assert ended(passing(tmp_path, point, [1], service=service)) == (0, "passed")
    assert orders.disarm("connector", HERE)


def test_with_too_little_in_hand_the_order_stands(tmp_path: Path, orders: Orders) -> None:
    orders.arm("connector", HERE, Order("SIGKILL", least=3))
    assert ended(passing(tmp_path, HERE, [0, 2])) == (0, "passed")
    assert orders.disarm("connector", HERE)


class OneBatch:
    """A bus that gives one batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.committed = 0

    @asynccontextmanager
    async def subscribe(self, **_: object) -> AsyncIterator["OneBatch"]:
        yield self

    async def fetch(self, **_: object) -> list[Batch]:
        return [self._batch]

    async def commit(self, _: Batch) -> None:
        self.committed += 1


@pytest.mark.anyio
async def test_events_that_come_again_are_nothing_in_hand(orders: Orders) -> None:
    """A process that is struck with repeats alone proves nothing: their effects are long there."""
    handled, other = UUID(int=1), UUID(int=2)
    values = [event(handled, "note.taken.v1"), event(other, "note.lost.v1"), b"poison"]
    bus = OneBatch(Batch("t", 0, 0, 3, tuple(Message("t", "k", value) for value in values)))
    asked: list[UUID] = []

    async def none_is_fresh(heads: Sequence[Head]) -> int:
        asked.extend(head.id for head in heads)
        return 0

    points = Points(orders, service="connector")
    pointed = PointedBus(bus, points, handled=frozenset({"note.taken.v1"}), fresh=none_is_fresh)  # type: ignore[arg-type]  # it asks no more of a bus
    orders.arm("connector", "consumer.before_commit", Order("SIGKILL"))
    async with pointed.subscribe(group="notes", topics=["t"]) as subscription:
        for batch in await subscription.fetch(max_messages=9, max_wait=0):
            await subscription.commit(batch)
    assert (asked, bus.committed, orders.fired()) == ([handled], 1, [])
    assert orders.disarm("connector", "consumer.before_commit")


@pytest.mark.anyio
async def test_two_faults_at_one_point_wait_for_each_other(orders: Orders) -> None:
    """Else one's order would take the other's place, and who waits for a death would wait for one that only stopped."""
    scene: Any = SimpleNamespace(stack=SimpleNamespace(orders=orders))

    async def obey(times: int) -> None:
        for pid in range(times):
            while (order := orders.take("connector", HERE)) is None:  # noqa: ASYNC110 -- a file
                await asyncio.sleep(0.01)
            orders.write(Fired(HERE, "connector", pid, 1, order.ending, 0))

    asked: list[Ending] = ["SIGKILL", "SIGSTOP"]
    struck = [fired_at(scene, "connector", HERE, Order(ending)) for ending in asked]
    async with asyncio.timeout(30):
        obeying = asyncio.create_task(obey(len(asked)))
        found = await asyncio.gather(*struck)
        await obeying
    assert [fired.ending for fired in found] == asked


@pytest.mark.anyio
async def test_an_order_whose_taker_was_killed_first_is_given_up(
    orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene: Any = SimpleNamespace(stack=SimpleNamespace(orders=orders))

    async def take_and_die() -> None:
        while True:
            orders.take("connector", HERE)
            await asyncio.sleep(0.01)

    monkeypatch.setattr(faults, "CHOOSY_SECONDS", 0.1)
    monkeypatch.setattr(faults, "PATIENCE_SECONDS", 0.1)
    dying = asyncio.create_task(take_and_die())
    async with asyncio.timeout(10):
        with pytest.raises(Missed):
            await fired_at(scene, "connector", HERE, Order("SIGKILL"))
    dying.cancel()


def event(event_id: UUID, kind: str) -> bytes:
    attributes = {"id": str(event_id), "type": kind, "tenantid": str(UUID(int=7)), "time": "2026-01-15T00:00:00Z"}
    return json.dumps({**attributes, "source": "/x", "subject": "x", "data": {}}).encode()
