"""Signals about one item: its target, the person's peers, the person's own past; each leans up, down or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any, Literal

from services.performance.domain.rules.base import Direction
from services.performance.domain.texts import Texts, shown

Lean = Literal["up", "down", "level"]
_PERCENT = 100
_MAD_TO_SIGMA = Fraction(14826, 10000)
"""Makes the median absolute deviation comparable with a standard deviation (for a normal distribution 1.4826)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a signal leans; shares as fractions."""

    weak_attainment: Fraction = Fraction(4, 5)
    strong_points: Fraction = Fraction(9, 10)
    """Of the full mark, for items without a target."""
    weak_points: Fraction = Fraction(3, 5)
    peers_at_least: int = 5
    """Fewer peers say nothing, and could be recognised."""
    upper_percentile: Fraction = Fraction(3, 4)
    lower_percentile: Fraction = Fraction(1, 4)
    history_at_least: int = 4
    history_at_most: int = 8
    spread: Fraction = Fraction(1)
    """Robust deviations from one's own median that count as a change."""


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is known about one scored item of one person."""

    key: str
    metric: str
    name: str
    direction: Direction
    weight: int
    actual: Decimal
    points: Decimal
    full_mark: Decimal
    expected_points: Decimal
    """Points for reaching the target exactly."""
    target: Decimal | None = None
    peers: Sequence[Decimal] = ()
    """Actuals of others in the same role and cycle, without the person's own."""
    history: Sequence[Decimal] = ()
    """The person's own actuals of earlier cycles, oldest first."""

    @property
    def attainment(self) -> Fraction | None:
        """Give target reached as a share: A/T, or T/A where lower is better; None where that says nothing."""
        if self.target is None or self.target <= 0:
            return None
        actual, target = Fraction(self.actual), Fraction(self.target)
        if self.direction == "higher":
            return actual / target
        return target / actual if actual > 0 else None

    @property
    def reached(self) -> bool:
        """Whether the target is reached; without a target, whether the expected points are."""
        if self.target is None:
            return self.points >= self.expected_points
        return self.actual >= self.target if self.direction == "higher" else self.actual <= self.target


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: its rule, how it leans, what it was computed from, over how many values."""

    rule: str
    lean: Lean
    inputs: Mapping[str, str]
    n: int
    text: Texts

    def to_document(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "lean": self.lean,
            "inputs": dict(self.inputs),
            "n": self.n,
            "text": self.text.to_document(),
        }


def signals_of(facts: ItemFacts, *, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> tuple[Signal, ...]:
    """Give every signal there is enough evidence for."""
    found = (_attainment(facts, thresholds), _peers(facts, thresholds), _history(facts, thresholds))
    return tuple(signal for signal in found if signal is not None)


_TEXTS: Mapping[str, Texts] = {
    "target_attainment": Texts("目标达成 {share}%", "{share}% of target"),
    "target_met_at_zero": Texts("实际 {actual}，优于目标", "actual {actual}, better than target"),
    "points_share": Texts("得满分的 {share}%", "{share}% of the full mark"),
    "peer_percentile": Texts("在 {n} 名同岗同事中位于第 {share} 百分位", "percentile {share} among {n} peers"),
    "own_history": Texts(
        "与本人前 {n} 期中位数 {median} 相比偏离 {change} 个稳健标准差",
        "{change} robust deviations from the median {median} of the last {n} cycles",
    ),
}


def _signal(rule: str, lean: Lean, n: int, **inputs: Fraction | Decimal) -> Signal:
    texts = {name: shown(value) for name, value in inputs.items()}
    words = {name: _brief(value) for name, value in inputs.items()}
    return Signal(rule, lean, texts, n, _TEXTS[rule].filled(**words, n=n))


def _brief(value: Fraction | Decimal) -> str:
    """Write a number for a sentence: at most two places."""
    return shown(Fraction(round(Fraction(value) * _PERCENT), _PERCENT))


def _attainment(facts: ItemFacts, limits: Thresholds) -> Signal | None:
    if facts.target is None:
        share = Fraction(facts.points) / Fraction(facts.full_mark)
        lean = _lean(share, low=limits.weak_points, high=limits.strong_points)
        return _signal("points_share", lean, 1, share=share * _PERCENT, points=facts.points)
    share_of_target = facts.attainment
    if share_of_target is None:
        return _signal("target_met_at_zero", "up", 1, actual=facts.actual) if facts.reached else None
    lean = "up" if facts.reached else "down" if share_of_target < limits.weak_attainment else "level"
    share = share_of_target * _PERCENT
    return _signal("target_attainment", lean, 1, share=share, actual=facts.actual, target=facts.target)


def _peers(facts: ItemFacts, limits: Thresholds) -> Signal | None:
    """Give the share of peers the person is ahead of, ties half; silent below the minimum of peers."""
    n = len(facts.peers)
    if n < limits.peers_at_least:
        return None
    better = [peer < facts.actual if facts.direction == "higher" else peer > facts.actual for peer in facts.peers]
    share = Fraction(2 * sum(better) + sum(peer == facts.actual for peer in facts.peers), 2 * n)
    lean = _lean(share, low=limits.lower_percentile, high=limits.upper_percentile)
    return _signal("peer_percentile", lean, n, share=share * _PERCENT, actual=facts.actual)


def _history(facts: ItemFacts, limits: Thresholds) -> Signal | None:
    """Compare with the median of one's own past in robust deviations; silent without past or spread."""
    past = [Fraction(value) for value in facts.history[-limits.history_at_most :]]
    if len(past) < limits.history_at_least:
        return None
    middle = median(past)
    spread = median([abs(value - middle) for value in past]) * _MAD_TO_SIGMA
    if not spread:
        return None
    change = (Fraction(facts.actual) - middle) / spread
    better = change if facts.direction == "higher" else -change
    lean = _lean(better, low=-limits.spread, high=limits.spread)
    return _signal("own_history", lean, len(past), change=change, median=middle, actual=facts.actual)


def _lean(value: Fraction, *, low: Fraction, high: Fraction) -> Lean:
    """Lean up from `high` on and down from `low` down, both included."""
    return "up" if value >= high else "down" if value <= low else "level"
