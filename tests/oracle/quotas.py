"""Quotas and grades by rank, by trying everything: written from the definitions in docs/scoring.md alone."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import ceil, floor

Person = tuple[int, int]
"""A total and the grade it has, 0 the best."""


def people_of(shares: Sequence[int], people: int, remainder: str) -> list[int]:
    """Turn basis points into whole people."""
    exact = [Fraction(share, 10_000) * people for share in shares]
    if remainder == "ceil":
        return [ceil(each) for each in exact]
    if remainder == "floor":
        return [floor(each) for each in exact]
    unnamed = max(people - sum(exact, Fraction(0)), Fraction(0))
    fractions = [each - floor(each) for each in (*exact, unnamed)]
    left = floor(sum(fractions, Fraction(0)))
    given = [floor(each) for each in (*exact, unnamed)]
    while left:
        largest = max(fractions)
        at = fractions.index(largest)
        given[at] += 1
        fractions[at] = Fraction(-1)
        left -= 1
    return given[: len(shares)]


def grades_by_rank(people: Sequence[Person], bounds: Sequence[tuple[int, int]], ties: str) -> list[set[int]] | None:
    """Give each person, in the order given, the grades that are possible; None where no grading meets the bounds."""
    order = sorted(range(len(people)), key=lambda at: (-people[at][0], people[at][1]))
    gradings = list(_gradings(len(people), bounds))
    if not gradings:
        return None
    old = [people[at][1] for at in order]
    best = min(gradings, key=lambda new: (_steps(old, new), [-new.count(grade) for grade in range(len(bounds))]))
    found: list[set[int]] = [set() for _ in people]
    for at in range(len(people)):
        tied = {new for other, new in zip(order, best, strict=True) if people[other] == people[at]}
        found[at] = {min(tied)} if ties == "up" else {max(tied)} if ties == "down" else tied
    return found


def _gradings(people: int, bounds: Sequence[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Give every grading in which nobody is graded better than who ranks above, and all bounds are kept."""
    for grading in combinations_with_replacement(range(len(bounds)), people):
        if all(low <= grading.count(grade) <= high for grade, (low, high) in enumerate(bounds)):
            yield grading


def _steps(old: Sequence[int], new: Sequence[int]) -> int:
    return sum(abs(before - after) for before, after in zip(old, new, strict=True))
