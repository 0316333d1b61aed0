"""Half-open periods and the days that are worked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.errors import Invalid
from shared.core.periods import Period, WorkCalendar

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    starts_on = draw(days)
    return Period(starts_on, starts_on + timedelta(days=draw(st.integers(1, 400))))


def test_a_period_has_its_first_day_and_not_its_last() -> None:
    period = Period(date(2026, 1, 1), date(2026, 7, 1))
    assert date(2026, 1, 1) in period
    assert date(2026, 6, 30) in period
    assert date(2026, 7, 1) not in period


def test_a_period_of_no_days_is_refused() -> None:
    with pytest.raises(Invalid, match="end after it starts"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


@given(periods(), periods())
def test_an_overlap_is_the_days_of_both(one: Period, other: Period) -> None:
    overlap = one.overlap(other)
    shared = set(one.days()) & set(other.days())
    assert (set(overlap.days()) if overlap else set()) == shared


def test_workdays_follow_holidays_and_days_worked_instead() -> None:
    calendar = WorkCalendar.of(holidays=[date(2026, 1, 1), date(2026, 1, 2)], workdays=[date(2026, 1, 4)])
    first_week = Period(date(2026, 1, 1), date(2026, 1, 8))  # Thursday to Wednesday
    assert calendar.workdays_in(first_week) == 4  # Sunday 4th worked, then Monday to Wednesday
    assert WorkCalendar().workdays_in(Period(date(2026, 1, 1), date(2026, 7, 1))) == 129


def test_a_leap_day_is_worked_when_it_is_a_weekday() -> None:
    assert WorkCalendar().is_workday(date(2028, 2, 29))
