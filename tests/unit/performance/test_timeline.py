"""A person's days are cut only where scheme, weights or what is measured change; every worked day lies in one part."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.performance.domain.organisation import Department, DepartmentTree, Employment, PositionsPolicy
from services.performance.domain.schemes.assignment import Assignment, FormerVersion
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.timeline import Stretch, Timeline, share_of
from shared.core.periods import Period, WorkCalendar
from tests.unit.performance.samples import METRICS, RATIO, item, read_metric, read_scheme, scheme_document

SALES, RISK, TEAM, LAB = (uuid4() for _ in range(4))
SELLER, ANALYST = uuid4(), uuid4()
PERSON = uuid4()
H1 = Period(date(2026, 1, 1), date(2026, 7, 1))
APRIL = date(2026, 4, 1)
CALENDAR = WorkCalendar.of(holidays=[date(2026, 1, 1)])
SCHEMES = {(uuid4(), 1): read_scheme(scheme_document()) for _ in range(2)}
(OF_SALES, OF_RISK) = SCHEMES


def spell(
    department: UUID, starts_on: date, ends_on: date | None = None, *, fte: str = "1", position: UUID = SELLER
) -> Employment:
    return Employment(uuid4(), PERSON, department, position, "Somebody", Decimal(fte), starts_on, ends_on)


def timeline(rulebook: Rulebook | None = None, positions: PositionsPolicy = "allocate") -> Timeline:
    """Sales with a team below share a scheme, risk has another, the lab has none."""
    tree = DepartmentTree(
        [
            Department(SALES, "S", "Sales"),
            Department(TEAM, "ST", "Team", parent_id=SALES),
            Department(RISK, "R", "Risk"),
            Department(LAB, "L", "Lab"),
        ]
    )
    rules = rulebook or Rulebook(
        (Assignment(*OF_SALES, department_ids=(SALES,)), Assignment(*OF_RISK, department_ids=(RISK,))), SCHEMES, {}
    )
    return Timeline(H1, rulebook=rules, tree=tree, calendar=CALENDAR, positions=positions)


def days(stretches: tuple[Stretch, ...]) -> list[tuple[str, str, int]]:
    return [(f"{each.period.starts_on:%m-%d}", f"{each.period.ends_on:%m-%d}", each.workdays) for each in stretches]


def test_who_stays_has_one_stretch_over_the_whole_cycle() -> None:
    (stretch,) = timeline().of([spell(SALES, date(2020, 1, 1))])
    assert (stretch.period, stretch.workdays, stretch.place.version) == (H1, 128, OF_SALES)


def test_a_move_to_another_scheme_cuts_and_a_move_within_one_does_not() -> None:
    moved = [
        spell(SALES, date(2025, 1, 1), date(2026, 2, 2)),
        spell(TEAM, date(2026, 2, 2), date(2026, 4, 1), position=ANALYST),
        spell(RISK, date(2026, 4, 1)),
    ]
    first, second = timeline().of(moved)
    assert days((first, second)) == [("01-01", "04-01", 63), ("04-01", "07-01", 65)]
    assert (first.place.department_id, second.place.department_id) == (TEAM, RISK)


def test_joiners_and_leavers_have_the_days_they_were_there() -> None:
    assert days(timeline().of([spell(SALES, date(2026, 3, 2), date(2026, 4, 1))])) == [("03-02", "04-01", 22)]
    assert timeline().of([spell(SALES, date(2026, 7, 1))]) == ()


def test_who_leaves_and_comes_back_has_two_stretches() -> None:
    back = [spell(SALES, date(2026, 1, 1), date(2026, 2, 2)), spell(SALES, date(2026, 3, 2))]
    assert days(timeline().of(back)) == [("01-01", "02-02", 21), ("03-02", "07-01", 87)]


def test_days_that_no_scheme_scores_are_left_out() -> None:
    via_lab = [spell(SALES, date(2026, 1, 1), date(2026, 2, 2)), spell(LAB, date(2026, 2, 2))]
    assert days(timeline().of(via_lab)) == [("01-01", "02-02", 21)]


def test_a_stretch_without_a_workday_goes_to_its_neighbour() -> None:
    weekend = [spell(SALES, date(2026, 1, 1), date(2026, 1, 10)), spell(RISK, date(2026, 1, 10), date(2026, 1, 12))]
    (same,) = timeline().of([*weekend, spell(SALES, date(2026, 1, 12))])
    assert (same.period, same.workdays) == (H1, 128)
    assert days(timeline().of([*weekend, spell(RISK, date(2026, 1, 12))]))[0] == ("01-01", "01-10", 6)
    gap = [spell(SALES, date(2026, 1, 1), date(2026, 1, 10)), spell(SALES, date(2026, 1, 12))]
    (joined,) = timeline().of(gap)
    assert joined.period == H1
    holiday = [spell(SALES, date(2026, 1, 1), date(2026, 1, 2)), spell(RISK, date(2026, 1, 2))]
    (whole,) = timeline().of(holiday)
    assert (whole.period, whole.place.version) == (H1, OF_RISK)


def test_an_employment_spent_on_leave_belongs_to_what_follows_under_its_scheme() -> None:
    one, leave, back = date(2026, 2, 2), date(2026, 2, 13), date(2026, 2, 16)
    spells = [spell(LAB, date(2026, 1, 1), one), spell(SALES, one, leave), spell(TEAM, back)]
    (stretch,) = timeline().of(spells, [Period(one, back)])
    assert (stretch.place.version, stretch.period) == (OF_SALES, Period(one, H1.ends_on))


def test_other_weights_cut_and_a_metric_of_the_department_does() -> None:
    moved = [spell(SALES, date(2026, 1, 1), date(2026, 4, 1)), spell(TEAM, date(2026, 4, 1))]
    weights = {"sales": 5000, "conversion_rate": 4000, "teamwork": 1000}
    planned = Rulebook(
        (Assignment(*OF_SALES, department_ids=(SALES,)),),
        SCHEMES,
        {(TEAM, OF_SALES): weights},
        planned=frozenset({SALES, TEAM}),
    )
    assert len(timeline(planned).of(moved)) == 2
    margin = read_metric({**METRICS["sales"].to_document(), "key": "margin", "level": "department"})
    scheme = read_scheme(
        {"items": [{**item("sales", 10_000, RATIO), "metric": "margin"}]}, {**METRICS, "margin": margin}
    )
    departmental = Rulebook((Assignment(*OF_SALES, department_ids=(SALES,)),), {OF_SALES: scheme}, {})
    assert [each.place.department_id for each in timeline(departmental).of(moved)] == [SALES, TEAM]


def test_a_version_from_a_day_on_cuts_where_it_begins_and_part_time_adds_up_under_it() -> None:
    newer = (OF_SALES[0], 2)
    dated = Assignment(*newer, department_ids=(SALES,), former=(FormerVersion(1, APRIL),))
    line = timeline(Rulebook((dated,), {**SCHEMES, newer: SCHEMES[OF_SALES]}, {}))
    first, second = line.of([spell(SALES, date(2025, 1, 1), fte="0.5"), spell(TEAM, date(2026, 2, 2), fte="0.25")])
    assert [(each.place.version, each.period.starts_on) for each in (first, second)] == [
        (OF_SALES, H1.starts_on),
        (newer, APRIL),
    ]
    assert (first.workdays, second.workdays, second.fte) == (63, 65, Fraction(3, 4))
    left = spell(SALES, date(2025, 1, 1), date(2026, 3, 2))
    assert [each.place.version for each in line.of([left])] == [OF_SALES]
    assert line.place_of(left).version == OF_SALES
    assert line.place_of(spell(SALES, date(2025, 1, 1))).version == newer


def test_a_version_that_begins_on_a_weekend_before_a_transfer_goes_to_its_neighbour() -> None:
    saturday, newer = date(2026, 1, 10), (OF_SALES[0], 2)
    dated = Assignment(*newer, department_ids=(SALES,), former=(FormerVersion(1, saturday),))
    rules = Rulebook((dated, Assignment(*OF_RISK, department_ids=(RISK,))), {**SCHEMES, newer: SCHEMES[OF_SALES]}, {})
    found = timeline(rules).of([spell(SALES, date(2026, 1, 1), date(2026, 1, 12)), spell(RISK, date(2026, 1, 12))])
    assert [each.place.version for each in found] == [OF_SALES, OF_RISK]


def test_a_leap_day_is_a_day_like_others() -> None:
    leap = Timeline(
        Period(date(2028, 2, 1), date(2028, 3, 1)),
        rulebook=Rulebook((Assignment(*OF_SALES),), SCHEMES, {}),
        tree=DepartmentTree([]),
        calendar=WorkCalendar(),
        positions="allocate",
    )
    parts = [spell(SALES, date(2020, 1, 1), date(2028, 2, 29)), spell(RISK, date(2028, 2, 29))]
    (stretch,) = leap.of(parts)
    assert (stretch.workdays, leap.workdays, share_of(21, leap.workdays)) == (21, 21, Fraction(1))


_moves = st.lists(
    st.tuples(st.sampled_from([SALES, TEAM, RISK, LAB]), st.integers(min_value=0, max_value=400)),
    min_size=1,
    max_size=8,
)


@hypothesis_given(_moves, st.booleans())
def test_every_scored_day_lies_in_exactly_one_stretch(moves: list[tuple[UUID, int]], leaves: bool) -> None:  # noqa: FBT001
    starts = [date(2025, 9, 1) + timedelta(days=day) for day in sorted({day for _, day in moves})]
    ends = [*starts[1:], date(2026, 6, 1) if leaves and starts[-1] < date(2026, 6, 1) else None]
    spells = [spell(moves[at][0], *edges) for at, edges in enumerate(zip(starts, ends, strict=True))]
    found = timeline().of(spells)
    assert all(before.period.ends_on <= after.period.starts_on for before, after in pairwise(found))
    assert all(each.workdays == CALENDAR.workdays_in(each.period) for each in found)
    scored = {
        day
        for each in spells
        if each.department_id != LAB and (inside := each.period.overlap(H1))
        for day in inside.days()
        if CALENDAR.is_workday(day)
    }
    assert sorted(scored) == [day for each in found for day in each.period.days() if CALENDAR.is_workday(day)]
