"""History beside a cycle: the same days of the years before, named as people name them."""

from datetime import date
from decimal import Decimal

import pytest

from services.performance.domain.goals.history import PastResult, history_beside, label_of, summed, years_beside
from services.performance.domain.goals.target_proposal import PastYear
from shared.core.periods import Period

HALF = Period(date(2026, 1, 1), date(2026, 7, 1))


def result(start: str, end: str, actual: str, target: str | None = None) -> PastResult:
    wanted = None if target is None else Decimal(target)
    return PastResult(Period(date.fromisoformat(start), date.fromisoformat(end)), Decimal(actual), wanted)


def test_only_the_same_days_of_three_years_count() -> None:
    results = [
        result("2022-01-01", "2022-07-01", "1"),
        result("2023-01-01", "2023-07-01", "2"),
        result("2024-07-01", "2025-01-01", "3"),
        result("2025-01-01", "2025-07-01", "4"),
    ]
    assert history_beside(HALF, results, cumulative=True) == (
        PastYear("2023 H1", Decimal(2)),
        PastYear("2025 H1", Decimal(4)),
    )


def test_quarters_add_up_to_a_half_and_rates_are_averaged_by_days() -> None:
    quarters = [result("2025-01-01", "2025-04-01", "90"), result("2025-04-01", "2025-07-01", "110")]
    [summed_up] = history_beside(HALF, quarters, cumulative=True)
    [averaged] = history_beside(HALF, quarters, cumulative=False)
    assert summed_up.value == 200
    assert averaged.value == Decimal("100.0552")  # (90 · 90 + 110 · 91) / 181


def test_of_a_longer_period_the_share_of_days_counts() -> None:
    [year] = history_beside(HALF, [result("2025-01-01", "2026-01-01", "365")], cumulative=True)
    assert year.value == 181


def test_parts_inside_beat_a_whole_that_reaches_beyond() -> None:
    results = [result("2025-01-01", "2026-01-01", "365"), result("2025-01-01", "2025-07-01", "200")]
    [year] = history_beside(HALF, results, cumulative=True)
    assert year.value == 200


def test_a_half_that_is_told_as_quarters_too_counts_once() -> None:
    whole, first = result("2025-01-01", "2025-07-01", "300"), result("2025-01-01", "2025-04-01", "100")
    second, january = result("2025-04-01", "2025-07-01", "200"), result("2025-01-01", "2025-02-01", "40")
    [all_told] = history_beside(HALF, [first, whole, second, january], cumulative=True)
    [in_parts] = history_beside(HALF, [january, second, first], cumulative=True)
    assert [all_told.value, in_parts.value] == [Decimal(300)] * 2


def test_days_that_two_longer_periods_share_count_once() -> None:
    overlapping = [result("2024-07-01", "2025-07-01", "365"), result("2025-01-01", "2026-01-01", "730")]
    for results in (overlapping, overlapping[::-1]):
        [year] = history_beside(HALF, results, cumulative=True)
        assert year.value == 362  # of two with as many days the later


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        ("2025-01-01", "2026-01-01", "2025"),
        ("2025-07-01", "2026-01-01", "2025 H2"),
        ("2025-10-01", "2026-01-01", "2025 Q4"),
        ("2025-02-01", "2025-05-01", "2025-02-01 – 2025-05-01"),
        ("2025-01-15", "2025-02-15", "2025-01-15 – 2025-02-15"),
    ],
)
def test_periods_are_named_as_people_do(start: str, end: str, label: str) -> None:
    assert label_of(Period(date.fromisoformat(start), date.fromisoformat(end))) == label


def test_the_day_before_a_leap_day_is_a_day_of_years_without_one() -> None:
    """A cycle that ends before 29 February ends a day earlier there, unless nothing of it would be left."""
    assert years_beside(Period(date(2024, 2, 28), date(2024, 2, 29))) == Period(date(2021, 2, 28), date(2023, 3, 1))
    assert years_beside(Period(date(2024, 2, 1), date(2024, 2, 29))) == Period(date(2021, 2, 1), date(2023, 2, 28))


def test_a_leap_day_falls_on_the_last_of_february() -> None:
    beside = years_beside(Period(date(2024, 2, 29), date(2024, 3, 1)))
    assert beside == Period(date(2021, 2, 28), date(2023, 3, 1))


def test_histories_add_up_year_by_year() -> None:
    one = (PastYear("2024", Decimal(1)), PastYear("2025", Decimal(2)))
    assert summed([one, (PastYear("2025", Decimal(5)),)]) == (
        PastYear("2024", Decimal(1)),
        PastYear("2025", Decimal(7)),
    )


def test_targets_of_the_past_stand_beside_where_all_of_them_are_known() -> None:
    first, second = ("2025-01-01", "2025-04-01", "90"), ("2025-04-01", "2025-07-01", "110")
    [both] = history_beside(HALF, [result(*first, "100"), result(*second, "120")], cumulative=True)
    [one] = history_beside(HALF, [result(*first, "100"), result(*second)], cumulative=True)
    assert (both.value, both.target, one.target) == (Decimal(200), Decimal(220), None)
    [share] = history_beside(HALF, [result("2025-01-01", "2026-01-01", "365", "730")], cumulative=True)
    assert share.target == 362


def test_of_several_people_a_target_is_known_where_everybodys_is() -> None:
    one = (PastYear("2024", Decimal(1), Decimal(2)), PastYear("2025", Decimal(2), Decimal(3)))
    other = (PastYear("2024", Decimal(5)), PastYear("2025", Decimal(5), Decimal(4)))
    assert summed([one, other]) == (PastYear("2024", Decimal(6)), PastYear("2025", Decimal(7), Decimal(7)))
