"""Heads over time, and the tree."""

from datetime import date

import pytest

from services.archive.domain.department import Headship
from shared.core.errors import Conflict, Invalid
from shared.core.ids import SequentialIds
from tests.factories.archive import AT, make_department

_ids = SequentialIds()
ANN, BO = _ids.new(), _ids.new()


def test_somebody_may_act_while_the_head_is_away() -> None:
    heads = [
        Headship(ANN, "head", date(2026, 1, 1)),
        Headship(BO, "acting", date(2026, 2, 1), date(2026, 3, 1)),
    ]
    led = make_department().led_by(heads, at=AT)
    assert (led.heads, led.sequence) == (tuple(heads), 2)


@pytest.mark.parametrize(
    "second",
    [Headship(BO, "head", date(2026, 3, 1)), Headship(ANN, "acting", date(2026, 3, 1))],
    ids=["two heads", "head and acting at once"],
)
def test_one_place_has_one_holder_on_one_day(second: Headship) -> None:
    with pytest.raises(Invalid) as refused:
        make_department().led_by([Headship(ANN, "head", date(2026, 1, 1)), second], at=AT)
    assert [violation.pointer for violation in refused.value.violations] == ["/heads/1"]


def test_a_leaver_heads_no_longer() -> None:
    heads = (
        Headship(ANN, "head", date(2025, 1, 1)),
        Headship(BO, "acting", date(2026, 2, 1)),
        Headship(ANN, "head", date(2026, 6, 1), date(2026, 7, 1)),
    )
    left = make_department(heads=heads).left_by(ANN, on=date(2026, 3, 1), at=AT)
    assert left.heads == (Headship(ANN, "head", date(2025, 1, 1), date(2026, 3, 1)), heads[1])


def test_a_department_does_not_lie_below_itself() -> None:
    department = make_department()
    with pytest.raises(Conflict):
        department.refuse_circle([_ids.new(), department.id])
