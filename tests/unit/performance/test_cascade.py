"""Targets are divided without losing or inventing a cent, by whatever basis, and what is set by hand stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.goals.cascade import Basis, Claim, Split, split
from services.performance.domain.goals.division import Past, Portion, portions

BASES: tuple[Basis, ...] = ("equal", "fte", "eligible_days", "historical")
money = st.decimals(min_value=0, max_value=10**12, places=2)
optional_money = st.none() | st.decimals(min_value=0, max_value=10**6, places=2)
weights = st.fractions(min_value=0, max_value=10**6)


NEWCOMER = Past(unknown=1)


@dataclass(frozen=True)
class Somebody:
    heads: int = 1
    fte: Fraction = Fraction(1)
    days: Fraction = Fraction(100)
    past: Past = NEWCOMER


def reached(value: int) -> Past:
    return Past(Fraction(value), known=1)


people = st.lists(
    st.builds(
        Somebody,
        heads=st.integers(1, 40),
        fte=st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]),
        days=st.fractions(0, 130, max_denominator=100),
        past=st.builds(Past, st.fractions(0, 10**9, max_denominator=300), st.integers(1, 3), st.integers(0, 3))
        | st.just(Past(unknown=2)),
    ),
    min_size=1,
    max_size=12,
)


def claims(parts: Sequence[Portion], overrides: Sequence[Decimal | None] = ()) -> list[Claim]:
    own = [*overrides, *[None] * len(parts)]
    return [Claim(UUID(int=at), part.weight, own[at]) for at, part in enumerate(parts)]


def whole(found: Split) -> Decimal:
    return sum(found.parts.values(), found.unassigned)


@given(money, people, st.sampled_from(BASES), st.lists(optional_money, max_size=12))
def test_parts_and_unassigned_sum_exactly_to_the_whole_and_hands_are_kept(
    total: Decimal, sharing: list[Somebody], basis: Basis, overrides: list[Decimal | None]
) -> None:
    found = split(total, claims(portions(basis, sharing), overrides))
    assert whole(found) == total
    for at, override in enumerate(overrides[: len(sharing)]):
        assert override is None or found.parts[UUID(int=at)] == override


@given(money, people, st.sampled_from(BASES))
def test_who_weighs_more_gets_no_less_and_all_is_within_a_cent_of_exact(
    total: Decimal, sharing: list[Somebody], basis: Basis
) -> None:
    weighed = portions(basis, sharing)
    found = split(total, claims(weighed))
    parts = [Fraction(found.parts.get(UUID(int=at), Decimal(0))) for at in range(len(sharing))]
    ranked = list(zip((each.weight for each in weighed), parts, strict=True))
    assert all(part <= other for weight, part in ranked for more, other in ranked if weight < more)
    for portion, part in zip(weighed, parts, strict=True):
        assert abs(part - Fraction(total) * portion.weight / portion.of) < Fraction(1, 100)


@given(money, st.decimals(min_value=0, max_value=10**6, places=2), people, st.sampled_from(BASES))
def test_nobody_gets_less_of_more_but_for_a_cent(
    total: Decimal, more: Decimal, sharing: list[Somebody], basis: Basis
) -> None:
    weighed = claims(portions(basis, sharing))
    before, after = split(total, weighed).parts, split(total + more, weighed).parts
    assert all(part <= after.get(subject, Decimal(0)) + Decimal("0.01") for subject, part in before.items())


def test_the_last_cents_go_to_the_largest_remainders() -> None:
    found = split(Decimal("100.00"), claims(portions("equal", [Somebody()] * 3)))
    assert list(found.parts.values()) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert found.unassigned == 0


def test_weights_of_many_denominators_are_divided_by_exactly() -> None:
    """Thirty fractions without a common divisor, which no decimal holds."""
    primes = [at for at in range(61, 240) if all(at % divisor for divisor in range(2, at))][:30]
    shares = [Claim(UUID(int=prime), 1 - Fraction(1, 2 * prime)) for prime in primes]
    found, of = split(Decimal("1000000.00"), shares), sum(claim.weight for claim in shares)
    assert whole(found) == 1_000_000
    for claim in shares:
        assert abs(Fraction(found.parts[claim.subject]) - 1_000_000 * claim.weight / of) < Fraction(1, 100)


def test_shares_follow_fte_days_or_history() -> None:
    half = Fraction(1, 2)
    staff = [
        Somebody(fte=Fraction(1), days=Fraction(125), past=reached(300)),
        Somebody(fte=half, days=half * 65, past=reached(100)),
        Somebody(fte=half, days=half * 125),
    ]
    assert list(split(Decimal(100), claims(portions("fte", staff))).parts.values()) == [50, 25, 25]
    assert list(split(Decimal(440), claims(portions("eligible_days", staff))).parts.values()) == [250, 65, 125]
    assert list(split(Decimal(600), claims(portions("historical", staff))).parts.values()) == [300, 100, 200]


def test_departments_weigh_what_their_people_do() -> None:
    """Of two known sellers the mean is 200, which the newcomer of the second department is taken to have reached."""
    east = Somebody(heads=2, past=reached(300) + reached(100))
    west = Somebody(heads=1, past=Past(unknown=1))
    first, second = portions("historical", [east, west])
    assert [first, second] == [
        Portion("historical", Fraction(400), Fraction(600)),
        Portion("historical", Fraction(200), Fraction(600), "mean"),
    ]
    assert [each.weight for each in portions("equal", [east, west])] == [2, 1]


@pytest.mark.parametrize("basis", ["fte", "eligible_days", "historical"])
def test_where_nobody_has_anything_to_divide_by_heads_do(basis: Basis) -> None:
    nothing = Somebody(fte=Fraction(0), days=Fraction(0), past=Past(unknown=1))
    found = portions(basis, [nothing, Somebody(2, Fraction(0), Fraction(0), Past(unknown=2))])
    assert found == [Portion(basis, Fraction(heads), Fraction(3), "equal") for heads in (1, 2)]
    assert found[0].words.en == "equal shares, for want of anything to divide by"


def test_by_hand_nobody_gets_what_nobody_gave() -> None:
    parts = portions("manual", [Somebody(), Somebody()])
    found = split(Decimal(100), claims(parts, [Decimal(30)]))
    assert (found.parts, found.unassigned) == ({UUID(int=0): Decimal(30)}, Decimal(70))


def test_overrides_beyond_the_total_show_as_over_assigned() -> None:
    found = split(Decimal(100), claims(portions("equal", [Somebody()] * 2), [Decimal(130)]))
    assert (found.parts, found.unassigned, found.over_assigned) == ({UUID(int=0): Decimal(130)}, Decimal(-30), True)


def test_without_holders_everything_is_unassigned() -> None:
    assert split(Decimal(100), []) == Split(Decimal(100), {}, Decimal(100))


def test_a_portion_says_what_it_is_in_both_languages() -> None:
    third = Portion("historical", Fraction(100), Fraction(300), "mean")
    assert third.words.zh == "按近三年占比分配，其中无历史者按他人均值计"
    assert third.words.en == "by share of the last three years, taking the others' mean where there is no history"
    days = Portion("eligible_days", Fraction(65, 2), Fraction(220))
    assert days.words.zh == "按应出勤工作日分配（32.5）"
    assert days.to_document() == {"basis": "eligible_days", "weight": "32.5", "of": "220", "instead": None}
