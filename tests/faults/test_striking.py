"""Chances of one fault do not depend on what became of another, and what never recovered is shown."""

import io
from random import Random
from types import SimpleNamespace

import pytest
from rich.console import Console

from shared.kit.bus.port import Extent
from tests.faults import striking
from tests.faults.faults import Missed
from tests.faults.logs import Told
from tests.faults.looks import Hit
from tests.faults.outcome import Outcome
from tests.faults.plan import Fault, Lane
from tests.faults.report import show
from tests.faults.scene import Scene
from tests.faults.striking import Done, Striker
from tests.faults.watch import Mark, Watch


class Passed:
    """A watch for which everything has arrived at once."""

    async def mark(self) -> None:
        return None

    async def has_passed(self, _: None, **__: object) -> bool:
        return True


async def drawn(*, misses: int) -> tuple[list[float], list[float]]:
    """Carry out two faults, the first of which misses some times; gives what each drew, try by try."""
    first: list[float] = []
    second: list[float] = []

    async def shy(_: Scene, random: Random) -> Hit:
        first.append(random.random())
        if len(first) <= misses:
            raise Missed("nothing there")
        return {"hit": 1}

    async def sure(_: Scene, random: Random) -> Hit:
        second.append(random.random())
        return {"hit": 1}

    scene = SimpleNamespace(seed="5", stack=SimpleNamespace(watch=Passed()))
    lane = Lane("one", [Fault("shy", "x", shy), Fault("sure", "x", sure)], (0.0, 0.0))
    striker = Striker(scene)  # type: ignore[arg-type]  # it needs no more of a scene
    await striker.carry_out([lane], seconds=0)
    await striker.until_recovered()
    return first, second


@pytest.mark.anyio
async def test_a_fault_that_missed_does_not_move_the_chances_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(striking, "FIRST_PAUSE_SECONDS", (0.0, 0.0))
    at_once, after = await drawn(misses=0)
    twice_missed, after_that = await drawn(misses=2)
    assert after == after_that
    assert at_once == twice_missed[:1]
    assert len(set(twice_missed)) == 3, "each try has chances of its own"


def test_a_fault_from_which_nothing_recovered_is_shown() -> None:
    async def strike(_: Scene, __: Random) -> Hit:
        return {}

    fault = Fault("broker is killed", "kafka", strike)
    done = [Done(fault, 0.0, 1.0, {"unpublished": 2}, recovered=1.5), Done(fault, 9.0, 1.0, {"unpublished": 1})]
    console = Console(file=io.StringIO(), record=True, width=200)
    show(Outcome("5", 1.0, done, {}, [], [], Told()), console)
    assert "1 of 2" in console.export_text()


def test_what_a_group_has_settled_stays_settled_when_it_is_replayed() -> None:
    partition = ("connector.observations", 0)
    watch = Watch(None, None)  # type: ignore[arg-type]  # neither is asked
    for log_id, end, lag, settled in (("one", 9, 2, 7), ("one", 12, 12, 7), ("another", 12, 12, 0)):
        watch.note(Extent(log_id, {partition: end}), {"performance": {partition: lag}}, at=0.0)
        assert watch.settled("performance", {partition: settled}, again=False)
        assert not watch.settled("performance", {partition: settled + 1}, again=False)
        assert watch.settled("performance", {partition: end - lag}, again=True)
        assert not watch.settled("performance", {partition: end - lag + 1}, again=True)


@pytest.mark.parametrize(("audit", "refilled"), [(4, False), (5, True)])
def test_a_log_is_full_again_once_each_topic_holds_what_all_outboxes_do(audit: int, *, refilled: bool) -> None:
    """Every service writes to the audit log, so that what one has said is more than its own topics ever hold."""
    mark = Mark(0.0, {}, {}, {"gateway.audit": 5, "connector.observations": 3}, "before")
    watch = Watch(None, None, log_id="after")  # type: ignore[arg-type]  # neither is asked
    watch.ends = {("connector.observations", 0): 2, ("connector.observations", 1): 1, ("gateway.audit", 0): audit}
    assert watch._is_refilled(mark) is refilled  # noqa: SLF001 -- the question behind the wait
