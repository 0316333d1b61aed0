"""A changed target holds for all the cycle or from a day on, blends by workdays, and says when it tightens the past."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from services.performance.domain.cycle import Cycle, Terms
from services.performance.domain.effect import EffectKind
from services.performance.domain.goals.target import Goal, Held, Target, TargetKey
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.rules import Direction
from services.performance.domain.schemes.assignment import Place
from services.performance.domain.scoring.blending import Blend, blended
from services.performance.domain.scoring.proration import Asked, Prorating
from services.performance.domain.scoring.timeline import Stretch
from services.performance.domain.texts import Texts
from shared.core.errors import Conflict
from shared.core.periods import Period, WorkCalendar
from tests.unit.performance.samples import CONVERSION, SALES, read_metric, refusals

NOW = datetime(2026, 4, 20, tzinfo=UTC)
H1 = Period(date(2026, 1, 1), date(2026, 7, 1))
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
WHOLE_CYCLE = TargetEffect()
CYCLE = Cycle.planned(uuid4(), Terms("H1", H1, date(2026, 1, 20)), at=NOW)
WHOLE = Stretch(H1, Place(uuid4(), uuid4(), None, None), WorkCalendar().workdays_in(H1))


def target(value: str | None, *earlier: Held) -> Target:
    goal = Goal(None if value is None else Decimal(value), "business", Texts("", ""))
    blank = Target.blank(CYCLE.id, TargetKey("sales", "company"), tenant_id=UUID(int=1), at=NOW)
    return replace(blank, goal=goal, earlier=earlier)


def held(until: date, value: str) -> Held:
    return Held(until, Decimal(value))


def from_day(day: date) -> TargetEffect:
    return TargetEffect("from_date", day)


def test_what_held_before_stays_until_the_day() -> None:
    once = from_day(APRIL).applied(target("120"), target("100"))
    assert once.earlier == (held(APRIL, "100"),)
    twice = from_day(MAY).applied(target("150", *once.earlier), once)
    assert twice.earlier == (held(APRIL, "100"), held(MAY, "120"))
    back = from_day(date(2026, 3, 2)).applied(target("90", *twice.earlier), twice)
    assert back.earlier == (held(date(2026, 3, 2), "100"),)
    assert WHOLE_CYCLE.applied(target("90", *twice.earlier), twice).earlier == ()


def test_the_same_value_and_a_first_one_hold_as_they_are() -> None:
    assert from_day(APRIL).applied(target("100"), target("100")).earlier == ()
    assert from_day(APRIL).applied(target("100"), target(None)).earlier == ()
    assert from_day(APRIL).applied(target("100"), None).earlier == ()


@pytest.mark.parametrize(
    ("effect", "today", "direction", "value", "tightens"),
    [
        (WHOLE_CYCLE, date(2026, 4, 20), "higher", "101", True),
        (WHOLE_CYCLE, date(2026, 4, 20), "higher", "99", False),
        (WHOLE_CYCLE, date(2026, 4, 20), "lower", "99", True),
        (WHOLE_CYCLE, date(2026, 1, 20), "higher", "101", False),
        (from_day(date(2026, 4, 20)), date(2026, 4, 20), "higher", "101", False),
        (from_day(date(2026, 4, 19)), date(2026, 4, 20), "higher", "101", True),
    ],
)
def test_more_of_days_gone_by_is_a_tightening_once_goals_are_set(
    effect: TargetEffect, today: date, direction: Direction, value: str, *, tightens: bool
) -> None:
    after = effect.applied(target(value), target("100"))
    found = effect.tightens(after, target("100"), cycle=CYCLE, direction=direction, today=today)
    assert found is tightens


def test_what_held_earlier_in_the_past_is_looked_at_too() -> None:
    split = target("100", held(APRIL, "50"))
    whole = WHOLE_CYCLE.applied(target("90"), split)
    assert (whole.earlier, asks_more(whole, split)) == ((), True)
    assert not asks_more(WHOLE_CYCLE.applied(target("50"), split), split)
    later = from_day(date(2026, 4, 20)).applied(target("120", *split.earlier), split)
    assert not asks_more(later, split)


def test_the_same_value_can_be_declared_for_all_of_the_cycle() -> None:
    split = target("100", held(APRIL, "50"))
    assert WHOLE_CYCLE.applied(target("100", *split.earlier), split, chosen=True).earlier == ()
    assert WHOLE_CYCLE.applied(target("100", *split.earlier), split).earlier == split.earlier


def asks_more(after: Target, before: Target) -> bool:
    return WHOLE_CYCLE.tightens(after, before, cycle=CYCLE, direction="higher", today=date(2026, 4, 20))


def test_a_tightening_must_be_confirmed() -> None:
    with pytest.raises(Conflict) as caught:
        WHOLE_CYCLE.refuse_tightening(2, "targets")
    assert caught.value.code == "tightening_unconfirmed"
    replace(WHOLE_CYCLE, tightening_confirmed=True).refuse_tightening(2, "targets")


@pytest.mark.parametrize(
    ("kind", "day", "code"),
    [
        ("from_date", None, "day_unfit"),
        ("whole_cycle", APRIL, "day_unfit"),
        ("from_date", date(2026, 7, 1), "day_outside_cycle"),
    ],
)
def test_the_day_must_fit(kind: EffectKind, day: date | None, code: str) -> None:
    assert refusals(TargetEffect(kind, day).refuse_outside, CYCLE) == {("/effective_on", code)}


def blend(asked: Asked, *days: Period, fte: str = "1", prorating: Prorating | None = None) -> Blend:
    stretch = replace(WHOLE, fte=Fraction(fte))
    return blended(
        read_metric(SALES),
        asked,
        stretch,
        days=days or (H1,),
        count=WorkCalendar().workdays_in,
        prorating=prorating or Prorating(129),
    )


def test_a_blend_is_the_mean_by_workdays_to_ten_places() -> None:
    """64 workdays until April at 1,200,000, 65 from then on at 2,400,000."""
    asked = Asked(Decimal(2_400_000), earlier=(held(APRIL, "1200000"),))
    assert blend(asked) == Blend(Decimal("1804651.1627906977"), Fraction(1))
    assert blend(asked, Period(APRIL, H1.ends_on)) == Blend(Decimal(2_400_000), Fraction(1))
    assert blend(asked, Period(H1.starts_on, APRIL)) == Blend(Decimal(1_200_000), Fraction(1))
    assert blend(asked, Period(date(2026, 1, 3), date(2026, 1, 5))).value == Decimal(2_400_000), "no workday at all"


def test_values_that_are_meant_for_others_blend_as_those_of_full_time_people() -> None:
    """Half-time: 500 of the person's own are 1,000 of full time."""
    asked = Asked(Decimal(500), "person", earlier=(held(APRIL, "2000"),))
    found = blend(asked, fte="0.5", prorating=Prorating(129, "prorate"))
    assert (found.value, found.scale) == (Decimal("1496.1240310078"), Fraction(1))
    alike = Asked(Decimal(500), "person", earlier=(Held(APRIL, Decimal(500), "person"),))
    assert blend(alike, fte="0.5", prorating=Prorating(129, "prorate")) == Blend(Decimal(500), Fraction(2))


def test_a_rate_blends_as_well() -> None:
    asked = Asked(Decimal("0.25"), earlier=(held(APRIL, "0.2"),))
    found = blended(
        read_metric(CONVERSION), asked, WHOLE, days=(H1,), count=WorkCalendar().workdays_in, prorating=Prorating(129)
    )
    assert found.value == Decimal("0.2251937984")
