"""Leave takes workdays out where the cycle says so, part-time asks for less, and days are the company's own."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from services.performance.domain.cycle import FtePolicy, Terms
from services.performance.domain.leave import STANDARD, Leave, LeavePolicy
from services.performance.domain.organisation import DepartmentTree, Employment
from services.performance.domain.schemes.assignment import Assignment
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.proration import Asked, Prorating, Proration
from services.performance.domain.scoring.timeline import Stretch, Timeline, whole_of
from shared.core.clock import business_date
from shared.core.periods import Period, WorkCalendar
from tests.unit.performance.samples import CONVERSION, METRICS, RATIO, SALES, item, read_metric, read_scheme, refusals

CALENDAR = WorkCalendar()
H1 = Period(date(2026, 1, 1), date(2026, 7, 1))
ONE, OTHER, PERSON = uuid4(), uuid4(), uuid4()
SCHEME = (uuid4(), 1)
OTHER_SCHEME = (uuid4(), 1)
MEAN, MOST = Fraction(1, 2), Fraction(3, 5)


def leave(kind: str, starts_on: date, ends_on: date) -> Leave:
    return Leave(kind, Period(starts_on, ends_on))


def spell(starts_on: date, ends_on: date | None = None, *, fte: str = "1", department: UUID = ONE) -> Employment:
    return Employment(uuid4(), PERSON, department, uuid4(), "Somebody", Decimal(fte), starts_on, ends_on)


def timeline(cycle: Period = H1) -> Timeline:
    scheme = read_scheme({"items": [item("sales", 10_000, RATIO)]})
    rulebook = Rulebook(
        (Assignment(*SCHEME, department_ids=(ONE,)), Assignment(*OTHER_SCHEME, department_ids=(OTHER,))),
        {SCHEME: scheme, OTHER_SCHEME: scheme},
        {},
    )
    return Timeline(cycle, rulebook=rulebook, tree=DepartmentTree([]), calendar=CALENDAR, positions="allocate")


def away(*leaves: Leave, policy: LeavePolicy = STANDARD) -> tuple[Period, ...]:
    return policy.absences(leaves, CALENDAR)


def test_long_leave_of_the_named_kinds_counts_and_nothing_else() -> None:
    long, short = (date(2026, 3, 2), date(2026, 3, 16)), (date(2026, 5, 4), date(2026, 5, 8))
    assert away(leave("sick", *long), leave("sick", *short)) == (Period(*long),)
    assert away(leave("annual", *long), leave("卧床", *long)) == ()
    named = LeavePolicy(("卧床",), 1)
    assert away(leave("卧床", *short), policy=named) == (Period(*short),)


def test_leaves_that_no_workday_parts_last_together() -> None:
    sick = leave("sick", date(2026, 3, 2), date(2026, 3, 7))
    parental = leave("parental", date(2026, 3, 9), date(2026, 3, 14))
    assert away(sick, parental) == (Period(date(2026, 3, 2), date(2026, 3, 14)),)
    assert away(sick, leave("parental", date(2026, 3, 10), date(2026, 3, 14))) == ()


def test_leave_before_the_cycle_belongs_to_how_long_it_lasts() -> None:
    (absence,) = away(leave("parental", date(2025, 12, 1), date(2026, 1, 6)))
    (stretch,) = timeline().of([spell(date(2020, 1, 1))], [absence])
    assert (stretch.workdays, stretch.absent, stretch.period) == (126, 3, H1)


def test_days_of_leave_alone_go_to_the_neighbour_with_what_happens_in_them() -> None:
    """Away from before a transfer to the end: all days are those of the former place."""
    moved = [spell(date(2020, 1, 1), date(2026, 5, 4)), spell(date(2026, 5, 4), department=OTHER)]
    (stretch,) = timeline().of(moved, [Period(date(2026, 4, 1), date(2026, 7, 1))])
    assert (stretch.place.version, stretch.period, stretch.workdays, stretch.absent) == (SCHEME, H1, 64, 65)
    first, second = timeline().of(moved, [Period(date(2026, 4, 1), date(2026, 6, 1))])
    assert (first.workdays, first.absent, second.workdays, second.absent) == (64, 23, 22, 20)
    assert whole_of((first, second)).calendar_workdays == 129


def test_leave_in_a_place_where_work_goes_on_belongs_to_that_place() -> None:
    """Away over a transfer, back after other hours have begun in the new place."""
    moved = [
        spell(date(2020, 1, 1), date(2026, 5, 4)),
        spell(date(2026, 5, 4), date(2026, 5, 18), fte="0.5", department=OTHER),
        spell(date(2026, 5, 18), department=OTHER),
    ]
    first, second = timeline().of(moved, [Period(date(2026, 4, 20), date(2026, 6, 1))])
    assert (first.period.ends_on, first.absent, second.absent) == (date(2026, 5, 4), 10, 20)


def test_who_is_away_all_the_time_has_no_workdays() -> None:
    (stretch,) = timeline().of([spell(date(2020, 1, 1))], [Period(date(2025, 1, 1), date(2027, 1, 1))])
    assert (stretch.workdays, stretch.absent) == (0, 129)


def test_part_time_is_the_mean_over_the_days() -> None:
    halved = [spell(date(2020, 1, 1), date(2026, 4, 1)), spell(date(2026, 4, 1), fte="0.5")]
    (stretch,) = timeline().of(halved)
    assert stretch.fte == (64 + Fraction(65, 2)) / 129


def test_positions_under_one_scheme_add_up_to_full_time_at_most() -> None:
    """More than full time, which the archive refuses, is full time; another scheme's hours are not this one's."""
    start = date(2020, 1, 1)
    (both,) = timeline().of([spell(start, fte="0.6"), spell(start, fte="0.2")])
    (too_much,) = timeline().of([spell(start, fte="0.8"), spell(start, fte="0.7")])
    other, beside = timeline().of([spell(start, fte="0.6"), spell(start, fte="0.4", department=OTHER)])
    assert (both.fte, too_much.fte, beside.fte, other.fte) == (Fraction("0.8"), Fraction(1), MOST, 1 - MOST)
    assert beside.place.version == SCHEME


HALF_TIME = Stretch(H1, timeline().place_of(spell(date(2020, 1, 1))), workdays=86, absent=43, fte=MEAN)


@pytest.mark.parametrize(
    ("fte", "asked", "days", "scale"),
    [
        ("ignore", Asked(Decimal(100)), "86/129", "1"),
        ("prorate", Asked(Decimal(100)), "43/129", "1"),
        ("prorate", None, "43/129", "1"),
        ("prorate", Asked(Decimal(100), "person"), "43/129", "2"),
    ],
)
def test_fte_prorates_where_the_cycle_says_so_and_never_what_is_the_person_s_own(
    fte: FtePolicy, asked: Asked | None, days: str, scale: str
) -> None:
    found = Prorating(129, fte).of(read_metric(SALES), HALF_TIME, asked)
    assert found == Proration(Fraction(days), Fraction(scale))


def test_rates_and_what_counts_above_people_know_neither_leave_nor_fte() -> None:
    prorating, above = Prorating(129, "prorate"), read_metric({**SALES, "level": "department"})
    assert prorating.of(above, HALF_TIME, Asked(Decimal(100))) == Proration(Fraction(1))
    assert prorating.of(read_metric(CONVERSION), HALF_TIME, None).days == Fraction(86, 129)
    assert not METRICS["conversion_rate"].cumulative


def test_days_are_those_of_the_zone_over_a_change_of_clocks_and_a_leap_day() -> None:
    """Berlin, February and March 2028: clocks go forward on 26 March, at one in UTC."""
    berlin = "Europe/Berlin"
    nights = {
        datetime(2028, 2, 28, 23, 30, tzinfo=ZoneInfo("UTC")): date(2028, 2, 29),
        datetime(2028, 2, 29, 22, 59, tzinfo=ZoneInfo("UTC")): date(2028, 2, 29),
        datetime(2028, 3, 25, 23, 0, tzinfo=ZoneInfo("UTC")): date(2028, 3, 26),
        datetime(2028, 3, 26, 21, 59, tzinfo=ZoneInfo("UTC")): date(2028, 3, 26),
        datetime(2028, 3, 26, 22, 0, tzinfo=ZoneInfo("UTC")): date(2028, 3, 27),
    }
    assert {at: business_date(at, berlin) for at in nights} == nights
    cycle = Period(date(2028, 2, 1), date(2028, 4, 1))
    moved = [spell(date(2020, 1, 1), date(2028, 3, 27)), spell(date(2028, 3, 27), department=OTHER)]
    absences = away(leave("sick", date(2028, 2, 29), date(2028, 3, 1)), policy=LeavePolicy(("sick",), 1))
    first, second = timeline(cycle).of(moved, absences)
    assert (first.workdays, first.absent, second.workdays) == (38, 1, 5)
    assert timeline(cycle).workdays == 44
    assert [date(2028, 3, 26) in each.period for each in (first, second)] == [True, False]


def test_a_cycle_s_policy_is_checked() -> None:
    shorter = LeavePolicy(("sick",), 0)
    found = refusals(Terms, "H1", H1, date(2026, 1, 20), leave=shorter)
    assert found == {("/leave/minimum_workdays", "threshold_negative")}
