"""Quotas become whole people, and ranks become grades, exactly as trying everything says."""

from decimal import Decimal
from itertools import combinations_with_replacement, product
from random import Random
from typing import get_args

import pytest

from services.performance.domain.calibration.policy import Ties
from services.performance.domain.calibration.proposal import propose
from services.performance.domain.calibration.quotas import Remainder, whole_people
from tests.oracle.quotas import grades_by_rank, people_of

REMAINDERS: tuple[Remainder, ...] = get_args(Remainder)
TIES: tuple[Ties, ...] = get_args(Ties)


@pytest.mark.parametrize(
    ("remainder", "expected"),
    [("floor", [1, 2, 0]), ("ceil", [2, 3, 1]), ("largest_remainder", [1, 3, 1])],
)
def test_fractions_of_people_become_whole(remainder: Remainder, expected: list[int]) -> None:
    """Of 7 people 20 %, 40 % and 10 % are 1.4, 2.8 and 0.7, and 2.1 are left to whatever has no quota."""
    assert whole_people([2000, 4000, 1000], 7, remainder) == expected


def test_of_equal_fractions_the_better_grade_comes_first() -> None:
    assert whole_people([5000, 5000], 3, "largest_remainder") == [2, 1]


@pytest.mark.parametrize("remainder", REMAINDERS)
def test_whole_people_agree_with_fractions(remainder: Remainder) -> None:
    shares = (0, 1, 999, 1000, 2500, 3333, 5000, 6667, 10_000)
    for listed in (*product(shares, repeat=2), *product(shares[2:8], repeat=3)):
        for people in range(12):
            assert whole_people(listed, people, remainder) == people_of(listed, people, remainder)


@pytest.mark.parametrize("ties", TIES)
def test_every_small_group_is_graded_as_by_trying_everything(ties: Ties) -> None:
    """All groups of up to four people with two totals and three grades, under all bounds of a few people."""
    people = [(total, grade) for total in (90, 80) for grade in range(3)]
    limits = [(0, 4), (0, 1), (1, 4), (2, 2)]
    compared = 0
    for size in range(5):
        for group in combinations_with_replacement(people, size):
            for bounds in product(limits, repeat=3):
                _compare(list(group), list(bounds), ties)
                compared += 1
    assert compared == 210 * 64


@pytest.mark.parametrize("ties", TIES)
def test_random_groups_are_graded_as_by_trying_everything(ties: Ties) -> None:
    chance = Random(5)  # noqa: S311 -- a reproducible test
    for _ in range(300):
        size = chance.randint(0, 8)
        group = [(chance.randint(70, 76), chance.randint(0, 3)) for _ in range(size)]
        bounds = [(low, max(low, chance.randint(0, size))) for low in (chance.choice([0, 0, 1, 2]) for _ in range(4))]
        _compare(group, bounds, ties)


def test_grading_a_hundred_thousand_people_takes_no_square_of_them() -> None:
    ranks = [(Decimal(total), 0) for total in range(100_000, 0, -1)]
    proposal = propose(ranks, [(0, 20_000), (0, 100_000), (0, 100_000), (10_000, 100_000)], "flag")
    assert proposal is not None
    assert proposal.cuts == (20_000, 90_000, 90_000, 100_000)


def _compare(group: list[tuple[int, int]], bounds: list[tuple[int, int]], ties: Ties) -> None:
    ordered = sorted(group, key=lambda person: (-person[0], person[1]))
    proposal = propose([(Decimal(total), grade) for total, grade in ordered], bounds, ties)
    expected = grades_by_rank(ordered, bounds, ties)
    found = None if proposal is None else [set(grades) for grades in proposal.grades]
    assert found == expected, (ordered, bounds)
