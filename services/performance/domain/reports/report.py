"""A graded report on one scorecard: strengths, weaknesses, directions and trainings, each with what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Literal

from services.performance.domain.reports.recommendation import Condition, Recommendation, recommended
from services.performance.domain.reports.signals import DEFAULT_THRESHOLDS, ItemFacts, Signal, Thresholds, signals_of
from services.performance.domain.schemes.metric import FULL_WEIGHT
from services.performance.domain.texts import Texts, shown
from shared.core.decimals import plain, round_half_up

Verdict = Literal["strength", "weakness", "watch"]
_GAP_PLACES = 6
_AGREEING = 2
"""Signals that must agree before anything is called a strength or a weakness."""

_VERDICTS: Mapping[Verdict, Texts] = {
    "strength": Texts("{name}是强项：", "{name} is a strength: "),
    "weakness": Texts("{name}有待提高：", "{name} is a weakness: "),
    "watch": Texts("{name}值得关注：", "{name} is worth watching: "),
}
_BETWEEN, _END = Texts("；", "; "), Texts("。", ".")
_DIRECTION = Texts(
    "提高{name}：现得 {points} 分，达标可得 {expected} 分，总分可增加 {gap} 分。",
    "Improve {name}: {points} points now, {expected} on target, worth {gap} points of the total.",
)
_SUMMARY = Texts("总分 {total}，等级{grade}。", "Total {total}, grade {grade}.")
_NO_GRADE = Texts("本周期没有等级。", "There is no grade for this cycle.")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said about one item, and the signals that say so."""

    key: str
    metric: str
    verdict: Verdict
    lean: Literal["up", "down", "mixed"]
    signals: tuple[Signal, ...]
    text: Texts

    @property
    def rule(self) -> str:
        return f"{self.verdict}:{'+'.join(signal.rule for signal in self.signals)}"

    def to_document(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "metric": self.metric,
            "verdict": self.verdict,
            "lean": self.lean,
            "rule": self.rule,
            "signals": [signal.to_document() for signal in self.signals],
            "text": self.text.to_document(),
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """What reaching an item's target would add to the total."""

    key: str
    metric: str
    gap: Decimal
    text: Texts

    def to_document(self) -> dict[str, Any]:
        return {"key": self.key, "metric": self.metric, "gap": plain(self.gap), "text": self.text.to_document()}


@dataclass(frozen=True, slots=True)
class Report:
    total: Decimal | None
    grade: str | None
    summary: Texts
    findings: tuple[Finding, ...]
    directions: tuple[Advice, ...]
    """Largest gain first."""
    trainings: tuple[Recommendation, ...]

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict == verdict)

    def to_document(self) -> dict[str, Any]:
        return {
            "total": None if self.total is None else f"{self.total:f}",
            "grade": self.grade,
            "summary": self.summary.to_document(),
            "strengths": [finding.to_document() for finding in self.of("strength")],
            "weaknesses": [finding.to_document() for finding in self.of("weakness")],
            "watch": [finding.to_document() for finding in self.of("watch")],
            "directions": [advice.to_document() for advice in self.directions],
            "trainings": [_training_document(rule) for rule in self.trainings],
        }


def write_report(
    items: Sequence[ItemFacts],
    *,
    total: Decimal | None,
    grade: str | None,
    grade_name: Texts | None,
    follow_points: bool,
    recommendations: Sequence[Recommendation],
    part: Fraction = Fraction(1),
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Report:
    """Write the report on the scored `items`, whose sum counts for a `part` of the total.

    `follow_points` says that points already follow the weight.
    """
    findings = tuple(finding for item in items if (finding := _finding(item, thresholds)) is not None)
    low = {finding.key for finding in findings if finding.lean == "down"}
    worth = partial(_advice, follow_points=follow_points, part=part)
    advice = [worth(item) for item in items if item.key in low or not item.reached]
    return Report(
        total=total,
        grade=grade,
        summary=_NO_GRADE if grade_name is None or total is None else _SUMMARY.filled(total=total, grade=grade_name),
        findings=findings,
        directions=tuple(sorted(advice, key=lambda each: (-each.gap, each.key))),
        trainings=recommended(recommendations, _standing(items, findings)),
    )


def _finding(item: ItemFacts, thresholds: Thresholds) -> Finding | None:
    """Call a strength or weakness what at least two signals agree on; watch what one says, or what they dispute."""
    leaning = tuple(signal for signal in signals_of(item, thresholds=thresholds) if signal.lean != "level")
    if not leaning:
        return None
    ups = sum(signal.lean == "up" for signal in leaning)
    downs = len(leaning) - ups
    lean: Literal["up", "down", "mixed"] = "mixed" if ups == downs else "up" if ups > downs else "down"
    verdict: Verdict = "watch"
    if max(ups, downs) >= _AGREEING:
        verdict = "strength" if ups > downs else "weakness"
    text = _VERDICTS[verdict].filled(name=item.name) + _joined([signal.text for signal in leaning]) + _END
    return Finding(item.key, item.metric, verdict, lean, leaning, text)


def _joined(texts: Sequence[Texts]) -> Texts:
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + _BETWEEN + text
    return joined


def _advice(item: ItemFacts, *, follow_points: bool, part: Fraction) -> Advice:
    gain = Fraction(max(item.expected_points - item.points, Decimal(0))) * part
    gap = round_half_up(gain if follow_points else gain * item.weight / FULL_WEIGHT, _GAP_PLACES)
    text = _DIRECTION.filled(
        name=item.name, points=shown(item.points), expected=shown(item.expected_points), gap=shown(gap)
    )
    return Advice(item.key, item.metric, gap, text)


def _standing(items: Sequence[ItemFacts], findings: Sequence[Finding]) -> dict[str, frozenset[Condition]]:
    """Gather what holds for each metric, in the words recommendations use."""
    standing: dict[str, set[Condition]] = {}
    for item in items:
        standing.setdefault(item.metric, set()).add("reached" if item.reached else "missed")
    for finding in findings:
        if finding.verdict != "watch":
            standing[finding.metric].add(finding.verdict)
        if finding.lean == "down":
            standing[finding.metric].add("low")
    return {metric: frozenset(conditions) for metric, conditions in standing.items()}


def _training_document(rule: Recommendation) -> dict[str, Any]:
    return {
        "rule": rule.key,
        "competency": rule.competency,
        "training": rule.training.to_document(),
        "reason": rule.reason.to_document(),
    }
