"""Grades by rank: where each ends so that quotas are met and as few grades as possible change."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from services.performance.domain.calibration.policy import Ties
from services.performance.domain.calibration.quotas import Bounds

Rank = tuple[Decimal, int]
"""A total, and the index of the grade it has (0 is the best). Who has both in common is tied."""
_NEVER = 10**18


@dataclass(frozen=True, slots=True)
class Proposal:
    """For each person, in the order of the ranks, the grades that are possible: one, or several for the tied."""

    grades: tuple[tuple[int, ...], ...]
    cuts: tuple[int, ...]
    """After how many people each grade ends, before ties were looked at."""


def propose(ranks: Sequence[Rank], bounds: Sequence[Bounds], ties: Ties) -> Proposal | None:
    """Grade people by rank, `bounds` saying how many each grade may have; None where no grading meets them.

    `ranks` are in order: higher totals first, of equal ones the better grade. Of all gradings that follow the ranks, it
    is the one with the fewest steps between old and new grades; of several the one with most people in the best grade,
    then in the next.
    """
    cuts = _cuts([grade for _, grade in ranks], bounds)
    if cuts is None:
        return None
    grades: list[tuple[int, ...]] = []
    for start, end in blocks_of(ranks):
        reached = _grades_between(cuts, start, end)
        chosen = reached if ties == "flag" else reached[:1] if ties == "up" else reached[-1:]
        grades += [chosen] * (end - start)
    return Proposal(tuple(grades), cuts)


def blocks_of(ranks: Sequence[Rank]) -> Iterator[tuple[int, int]]:
    """Give start and end of each run of tied people."""
    starts = [at for at, rank in enumerate(ranks) if at == 0 or rank != ranks[at - 1]]
    yield from pairwise([*starts, len(ranks)])


def _grades_between(cuts: Sequence[int], start: int, end: int) -> tuple[int, ...]:
    """Name the grades that lie between two places in the ranking."""
    edges = [0, *cuts]
    return tuple(grade for grade, (low, high) in enumerate(pairwise(edges)) if max(low, start) < min(high, end))


def _cuts(grades: Sequence[int], bounds: Sequence[Bounds]) -> tuple[int, ...] | None:
    """Find where grades end, from the worst to the best by dynamic programming, then walk down."""
    people = len(grades)
    costs = [_costs(grades, grade) for grade in range(len(bounds))]
    rests = [[_NEVER] * people + [0]]
    for cost, (low, high) in zip(reversed(costs), reversed(bounds), strict=True):
        ends = [min(spent + rest, _NEVER) for spent, rest in zip(cost, rests[-1], strict=True)]
        best = _window_minima(ends, low, min(high, people))
        rests.append([least if least >= _NEVER else least - spent for least, spent in zip(best, cost, strict=True)])
    rests.reverse()
    if rests[0][0] >= _NEVER:
        return None
    cuts, at = [], 0
    for grade, (low, high) in enumerate(bounds):
        wanted = rests[grade][at] + costs[grade][at]
        possible = range(min(at + high, people), at + low - 1, -1)
        at = next(end for end in possible if costs[grade][end] + rests[grade + 1][end] == wanted)
        cuts.append(at)
    return tuple(cuts)


def _costs(grades: Sequence[int], grade: int) -> list[int]:
    """Add up the steps it takes to give everybody `grade`, for the first 0, 1, … people."""
    sums = [0]
    for each in grades:
        sums.append(sums[-1] + abs(each - grade))
    return sums


def _window_minima(values: Sequence[int], low: int, high: int) -> list[int]:
    """Give for each place the least value from `low` to `high` places further on; `_NEVER` where there is none."""
    minima, window = [_NEVER] * len(values), deque[int]()
    for at in range(len(values) - 1 - low, -1, -1):
        entering = at + low
        while window and values[window[-1]] >= values[entering]:
            window.pop()
        window.append(entering)
        while window[0] > at + high:
            window.popleft()
        minima[at] = values[window[0]]
    return minima
