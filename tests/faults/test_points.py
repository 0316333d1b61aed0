"""Points strike once, where they are armed, only with something in hand, and leave a line behind."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from deploy.standalone.settings import ROOT
from deploy.standalone.waiting import comes_true
from tests.faults.points import Order, Orders, Point

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
