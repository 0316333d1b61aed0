"""Measures two things in turns, so that whatever else the machine does falls on both, and judges the figures."""

import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Run = Callable[[], Awaitable[float]]
"""Does the measured thing once and gives a number: a rate, or a duration."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach, in its ratio to the reference or in its own value."""

    of: Literal["ratio", "value"]
    sense: Literal["at_least", "at_most"]
    bound: float

    def is_met(self, *, value: float, ratio: float | None) -> bool:
        number = value if self.of == "value" else ratio
        if number is None:
            return False
        return number >= self.bound if self.sense == "at_least" else number <= self.bound

    def __str__(self) -> str:
        return f"{self.of} {'≥' if self.sense == 'at_least' else '≤'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `reference` is in the same unit as `value`."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    goal: Goal | None = None
    spread: str = ""
    """How far the ratios, or where there are none the values, of single rounds lay apart."""

    @property
    def met(self) -> bool | None:
        """Tell whether the goal is reached; None where there is none."""
        return None if self.goal is None else self.goal.is_met(value=self.value, ratio=self.ratio)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What rounds of a subject and its reference gave, in the same order."""

    subject: Sequence[float]
    reference: Sequence[float]

    @property
    def ratios(self) -> Sequence[float]:
        return [ours / theirs for ours, theirs in zip(self.subject, self.reference, strict=True)]

    def figure(self, name: str, unit: str, *, goal: Goal | None = None) -> Figure:
        """Take medians; that of the ratios of single rounds is steadier than the ratio of two medians."""
        ratios = self.ratios
        return Figure(
            name,
            statistics.median(self.subject),
            unit,
            reference=statistics.median(self.reference),
            ratio=statistics.median(ratios),
            goal=goal,
            spread=spread_of(ratios),
        )


async def compare(subject: Run, reference: Run, *, rounds: int, warm_up: bool = True) -> Comparison:
    """Run both once a round, in turns going first; what a first round pays for being the first is thrown away."""
    if warm_up:
        await subject()
        await reference()
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(rounds):
        pair = [(subject, ours), (reference, theirs)]
        for run, results in pair if number % 2 == 0 else reversed(pair):
            results.append(await run())
    return Comparison(ours, theirs)


def spread_of(numbers: Sequence[float]) -> str:
    return f"{min(numbers):.2f} … {max(numbers):.2f}" if numbers else ""


def percentile(numbers: Sequence[float], share: float) -> float:
    """Give the nearest-rank percentile, `share` in (0, 1]."""
    ordered = sorted(numbers)
    return ordered[math.ceil(share * len(ordered)) - 1]
