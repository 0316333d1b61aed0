"""What a run must contain, that it is the same for the same seed, and that a run without it counts for nothing."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.found import DeadLetter, Delivery, Found
from tests.faults.logs import Told, read_logs
from tests.faults.outcome import vacuity
from tests.faults.plan import CONSUMERS, RELAYS, Lane, short_plan, whole_plan
from tests.faults.stack import NAMES
from tests.faults.striking import Done

FIRED = Told(repeated=1, retried=1)
FOUND = Found(
    deliveries=[Delivery("hook", "m", "score.changed.v1", "scorecards/1", 1, "delivered", attempts=2)],
    dead_letters=[DeadLetter("performance", "connector.observations", b"poison")],
)


def names(lanes: list[Lane]) -> list[list[str]]:
    return [[fault.name for fault in lane.faults] for lane in lanes]


def test_the_same_seed_plans_the_same_and_another_one_otherwise() -> None:
    assert names(whole_plan("a")) == names(whole_plan("a"))
    assert names(whole_plan("a")) != names(whole_plan("b"))


def test_every_process_is_killed_and_stopped_at_random() -> None:
    lanes = {lane.name: lane for lane in whole_plan("a")}
    kinds = Counter((fault.kind, fault.target) for fault in lanes["processes"].faults)
    assert kinds == {(kind, name): 1 for kind in ("kill -9 at random", "SIGSTOP at random") for name in NAMES}


@pytest.mark.parametrize("ending", ["kill -9", "SIGSTOP"])
def test_every_relay_and_consumer_is_struck_at_its_points(ending: str) -> None:
    points = {fault.name for lane in whole_plan("a") for fault in lane.faults if lane.name == "points"}
    for service in RELAYS:
        assert f"{ending} after commit, before publish · {service}" in points
        assert f"{ending} after publish, before mark · {service}" in points
    for service in CONSUMERS:
        assert f"{ending} after effect, before offset · {service}" in points


def test_the_disk_is_lost_once_and_never_again() -> None:
    lanes = whole_plan("a")
    planned = [fault.kind for lane in lanes for fault in lane.faults]
    assert planned.count("broker loses its disk") == 1
    assert "broker loses its disk" not in [fault.kind for lane in lanes for fault in lane.again]


def test_news_of_tenants_is_poisoned_in_every_way() -> None:
    planned = [fault for lane in whole_plan("a") for fault in lane.faults if fault.target == "gateway.tenancy"]
    assert sorted(fault.kind for fault in planned) == [
        "messages three times, shuffled",
        "poison: invalid",
        "poison: refused",
        "poison: unreadable",
    ]
    assert "poison: refused · gateway.tenancy" in {fault.name for lane in short_plan() for fault in lane.faults}


def test_no_two_faults_of_a_plan_share_a_name() -> None:
    for lanes in (whole_plan("a"), short_plan()):
        every = [name for lane in names(lanes) for name in lane]
        assert len(every) == len(set(every))


def test_the_short_plan_has_every_point_and_a_broker_restart() -> None:
    kinds = {fault.kind for lane in short_plan() for fault in lane.faults}
    assert {
        "kill -9 after commit, before publish",
        "kill -9 after publish, before mark",
        "kill -9 after effect, before offset",
        "broker stops and starts",
    } <= kinds


def hits(lanes: list[Lane]) -> list[Done]:
    return [Done(fault, 0.0, 1.0, {"in hand": 1}) for lane in lanes for fault in lane.faults]


def test_a_run_in_which_everything_hit_and_fired_is_not_vacuous() -> None:
    lanes = short_plan()
    assert list(vacuity(hits(lanes), lanes, FIRED, FOUND)) == []


def test_a_fault_that_hit_nothing_makes_a_run_vacuous() -> None:
    lanes = short_plan()
    first, *others = hits(lanes)
    missed = replace(first, hit={}, missed="nothing was in flight")
    assert list(vacuity([missed, *others], lanes, FIRED, FOUND)) == [
        f"{first.fault.name} hit nothing (nothing was in flight)"
    ]
    assert list(vacuity([missed, first, *others], lanes, FIRED, FOUND)) == []


def test_a_fault_that_had_no_turn_makes_a_run_vacuous() -> None:
    lanes = short_plan()
    first, *others = hits(lanes)
    assert list(vacuity(others, lanes, FIRED, FOUND)) == [f"{first.fault.name} hit nothing (it had no turn)"]


@pytest.mark.parametrize(
    ("told", "found", "path"),
    [
        (replace(FIRED, repeated=0), FOUND, "dedupe"),
        (replace(FIRED, retried=0), FOUND, "retry of events"),
        (FIRED, replace(FOUND, deliveries=()), "retry of deliveries"),
        (FIRED, replace(FOUND, dead_letters=()), "dead letters"),
    ],
)
def test_a_path_that_never_fired_makes_a_run_vacuous(told: Told, found: Found, path: str) -> None:
    lanes = short_plan()
    assert list(vacuity(hits(lanes), lanes, told, found)) == [f"the path of {path} never fired"]


def test_logs_are_counted_over_all_processes_and_half_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "one.log").write_text('{"event": "events.repeated", "events": 3}\n{"event": "events.retr')
    (tmp_path / "two.log").write_text(
        'no JSON\n{"event": "events.repeated", "events": 2}\n{"event": "events.retried"}\n'
        '{"event": "event.dead", "level": "error"}\n'
        '{"event": "loop.failed", "level": "error", "exception": "Traceback\\nValueError: x"}\n'
        '{"event": "no connection", "level": "error", "logger": "aiokafka.conn"}\n'
    )
    told = read_logs(tmp_path)
    assert (told.repeated, told.retried, told.dead) == (5, 1, 1)
    assert told.unforeseen == {"loop.failed: ValueError: x": 1}
