"""An employee's timeline: transfers, second jobs, departures, coming back, leaves."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.domain.employee import Employee, Leave
from services.archive.domain.employment import Employment
from shared.core.errors import Conflict, Invalid, NotFound
from shared.core.ids import Uuid7
from tests.factories.archive import AT, make_employee, make_employment

_ids = Uuid7()
HALF = Decimal("0.5")
TODAY = date(2026, 3, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def spells(employee: Employee) -> list[tuple[str, str | None]]:
    return [
        (spell.starts_on.isoformat(), spell.ends_on.isoformat() if spell.ends_on else None)
        for spell in employee.employments
    ]


def hired(*starts: str, **fields: object) -> Employee:
    employee = make_employee(**fields)
    for start in starts:
        employee = employee.employed(make_employment(starts_on=day(start)), concurrent=False, at=AT)
    return employee


def leave(starts_on: str, ends_on: str) -> Leave:
    return Leave(_ids.new(), "parental", day(starts_on), day(ends_on))


def test_a_transfer_closes_the_open_spell() -> None:
    employee = hired("2024-01-01", "2025-07-01")
    assert spells(employee) == [("2024-01-01", "2025-07-01"), ("2025-07-01", None)]
    assert employee.sequence == 3


def test_history_may_be_told_from_the_end() -> None:
    employee = hired("2025-07-01")
    earlier = make_employment(starts_on=day("2024-01-01"), ends_on=day("2025-01-01"))
    told = employee.employed(earlier, concurrent=False, at=AT)
    assert spells(told) == [("2024-01-01", "2025-01-01"), ("2025-07-01", None)], "a gap is nobody's mistake"


def test_concurrent_spells_share_one_full_time() -> None:
    employee = make_employee(employments=(make_employment(fte=HALF),))
    beside = employee.employed(make_employment(fte=HALF, starts_on=day("2025-01-01")), concurrent=True, at=AT)
    assert [spell.ends_on for spell in beside.employments] == [None, None]
    with pytest.raises(Conflict) as refused:
        beside.employed(make_employment(fte=Decimal("0.1"), starts_on=day("2026-01-01")), concurrent=True, at=AT)
    assert refused.value.code == "fte_exceeded"
    assert "2026-01-01" in refused.value.detail


def test_the_same_spell_again_is_refused() -> None:
    with pytest.raises(Conflict, match="2 FTE"):
        hired("2024-01-01", "2024-01-01")


def test_a_spell_before_joining_is_refused() -> None:
    with pytest.raises(Conflict) as refused:
        hired("2023-12-31")
    assert refused.value.code == "outside_membership"


def test_nobody_manages_themselves() -> None:
    employee = make_employee()
    with pytest.raises(Conflict) as refused:
        employee.employed(make_employment(manager_id=employee.id), concurrent=False, at=AT)
    assert refused.value.code == "own_manager"


def test_who_leaves_keeps_history_and_loses_only_plans() -> None:
    employee = hired("2024-01-01", "2025-07-01").away(leave("2026-04-20", "2026-05-10"), at=AT)
    planned = employee.employed(make_employment(starts_on=day("2026-07-01")), concurrent=False, at=AT)
    left = planned.departed(day("2026-05-01"), today=TODAY, at=AT)
    assert spells(left) == [("2024-01-01", "2025-07-01"), ("2025-07-01", "2026-05-01")]
    assert [away.ends_on for away in left.leaves] == [day("2026-05-01")]
    assert left.left_on == day("2026-05-01")


def test_a_departure_may_be_corrected_in_both_directions() -> None:
    left = hired("2024-01-01").departed(day("2026-02-01"), today=TODAY, at=AT)
    assert spells(left.departed(day("2026-01-01"), today=TODAY, at=AT)) == [("2024-01-01", "2026-01-01")]
    assert spells(left.departed(day("2026-02-15"), today=TODAY, at=AT)) == [("2024-01-01", "2026-02-15")]


def test_nobody_joins_after_having_left() -> None:
    left = make_employee().departed(day("2025-01-01"), today=TODAY, at=AT)
    with pytest.raises(Conflict) as refusal:
        left.changed({"joined_on": day("2025-01-02")}, at=AT)
    assert refusal.value.code == "departure_before_joining"


@pytest.mark.parametrize(
    ("left_on", "code"),
    [("2023-12-31", "departure_before_joining"), ("2025-01-01", "worked_after_departure")],
)
def test_a_departure_that_contradicts_history_is_refused(left_on: str, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        hired("2024-01-01", "2025-07-01").departed(day(left_on), today=TODAY, at=AT)
    assert refused.value.code == code


def test_a_leaver_may_come_back() -> None:
    left = hired("2024-01-01").departed(day("2025-01-01"), today=TODAY, at=AT)
    back = left.employed(make_employment(starts_on=day("2026-01-01")), concurrent=False, at=AT)
    assert back.left_on is None
    assert spells(back) == [("2024-01-01", "2025-01-01"), ("2026-01-01", None)]


def test_a_late_transfer_of_a_leaver_ends_with_the_membership() -> None:
    left = hired("2024-01-01").departed(day("2026-01-01"), today=TODAY, at=AT)
    corrected = left.employed(make_employment(starts_on=day("2025-01-01")), concurrent=False, at=AT)
    assert spells(corrected) == [("2024-01-01", "2025-01-01"), ("2025-01-01", "2026-01-01")]
    assert corrected.left_on == day("2026-01-01")


def test_a_spell_is_corrected_or_taken_out_by_its_id() -> None:
    employee = hired("2024-01-01", "2025-07-01")
    first, second = employee.employments
    reopened = employee.without_employment(second.id, at=AT).corrected(
        make_employment(id=first.id, starts_on=first.starts_on), at=AT
    )
    assert spells(reopened) == [("2024-01-01", None)]
    with pytest.raises(NotFound):
        employee.without_employment(_ids.new(), at=AT)


def test_leaves_do_not_overlap() -> None:
    away = hired("2024-01-01").away(leave("2026-01-01", "2026-02-01"), at=AT)
    assert len(away.away(leave("2026-02-01", "2026-02-02"), at=AT).leaves) == 2
    with pytest.raises(Conflict) as refused:
        away.away(leave("2026-01-31", "2026-02-02"), at=AT)
    assert refused.value.code == "leaves_overlap"


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(Invalid):
        hired("2024-01-01").away(leave("2026-01-01", "2026-01-01"), at=AT)


def _days() -> st.SearchStrategy[date]:
    return st.integers(0, 60).map(lambda n: date(2024, 1, 1) + timedelta(days=n))


def _spell(starts_on: date, length: int | None, tenths: int) -> Employment:
    ends_on = None if length is None else starts_on + timedelta(days=length)
    return make_employment(starts_on=starts_on, ends_on=ends_on, fte=Decimal(tenths) / 10)


def _steps() -> st.SearchStrategy[Callable[[Employee], Employee]]:
    added = st.builds(_spell, _days(), st.none() | st.integers(1, 30), st.integers(1, 10))
    employ = st.builds(
        lambda spell, concurrent: lambda employee: employee.employed(spell, concurrent=concurrent, at=AT),
        added,
        st.booleans(),
    )
    depart = st.builds(lambda on: lambda employee: employee.departed(on, today=date(2024, 1, 20), at=AT), _days())
    return st.one_of(employ, depart)


@given(st.lists(_steps(), max_size=12))
def test_no_accepted_change_breaks_the_timeline(steps: list[Callable[[Employee], Employee]]) -> None:
    employee = make_employee()
    for step in steps:
        try:
            employee = step(employee)
        except Conflict:
            continue
    for offset in range(100):
        on = date(2024, 1, 1) + timedelta(days=offset)
        holding = [spell for spell in employee.employments if on in spell.period]
        assert sum(spell.fte for spell in holding) <= 1
        assert not holding or employee.left_on is None or on < employee.left_on
