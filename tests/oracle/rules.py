"""A slow, obvious reference of scoring in fractions, written from the definitions and not from the engine."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any, NamedTuple

Document = Mapping[str, Any]


class Case(NamedTuple):
    """Actual, target of the whole period, full mark, whether lower is better, the shares of period and scorecard."""

    a: Fraction
    t: Fraction
    s: Fraction
    lower: bool
    share: Fraction
    own_share: Fraction = Fraction(1)


def half_up(value: Fraction, places: int) -> Fraction:
    """Round with ties away from zero."""
    scaled = abs(value) * 10**places
    rounded = Fraction(floor(scaled + Fraction(1, 2)), 10**places)
    return rounded if value >= 0 else -rounded


def points(rule: Document, case: Case) -> Fraction:
    """Give the points a rule gives, clamped."""
    raw = {
        "ratio": _ratio,
        "interpolation": _interpolation,
        "efficacy": _efficacy,
        "steps": _steps,
        "bands": _bands,
        "binary": _binary,
        "deduction": _deduction,
        "rating": _rating,
    }[rule["kind"]]
    cap = Fraction(rule.get("cap") or case.s)
    value = raw(rule, case)
    low = Fraction(rule.get("floor", "0"))
    return cap if value is None else min(max(value, low), cap)


def total(items: Sequence[tuple[Fraction, int]], *, follow_weight: bool = False) -> Fraction:
    """Sum (points, basis points), unrounded."""
    return sum((p if follow_weight else p * w / 10_000 for p, w in items), Fraction(0))


def _place(bound: Document, t: Fraction, share: Fraction) -> Fraction:
    return (Fraction(bound["of_target"]) * t if "of_target" in bound else Fraction(bound["value"])) * share


def _quantise(how: str, x: Fraction) -> Fraction:
    return {"floor": lambda: Fraction(floor(x)), "ceil": lambda: Fraction(ceil(x)), "exact": lambda: x}[how]()


def _steps(rule: Document, case: Case) -> Fraction:
    a, t, lower, share = case.a, case.t, case.lower, case.share
    base, anchor, unit = Fraction(rule["base"]), _place(rule["anchor"], t, share), _place(rule["unit"], t, share)
    better_by = anchor - a if lower else a - anchor
    if better_by >= 0:
        return base + Fraction(rule["up"]) * _quantise(rule["quantise_above"], better_by / unit)
    down = base / (anchor / unit) if rule["down"] == "proportional" else Fraction(rule["down"])
    return base - down * _quantise(rule["quantise_below"], -better_by / unit)


def _ratio(rule: Document, case: Case) -> Fraction | None:
    a, t, s = case.a, case.t * case.share, case.s
    if rule["form"] == "direct":
        return s * a / t
    if rule["form"] == "complement":
        return s * (2 - a / t)
    return s * t / a if a > 0 else None


def _interpolation(rule: Document, case: Case) -> Fraction:
    baseline = _place(rule["baseline"], case.t, case.share)
    return case.s * (case.a - baseline) / (case.t * case.share - baseline)


def _efficacy(rule: Document, case: Case) -> Fraction:
    unacceptable, satisfactory = (_place(rule[name], case.t, case.share) for name in ("unacceptable", "satisfactory"))
    return case.s / 100 * (60 + 40 * (case.a - unacceptable) / (satisfactory - unacceptable))


def _binary(rule: Document, case: Case) -> Fraction:
    threshold = _place(rule.get("threshold", {"of_target": "1"}), case.t, case.share)
    reached = case.a <= threshold if case.lower else case.a >= threshold
    return case.s if reached else Fraction(0)


def _deduction(rule: Document, case: Case) -> Fraction:
    """Over all segments, weighed by their own shares, an event costs what is stated."""
    return case.s - case.a * Fraction(rule["each"]) / case.own_share


def _bands(rule: Document, case: Case) -> Fraction:
    a, t, share = case.a, case.t, case.share
    for band in rule["bands"]:
        above = band.get("from") is None or a >= _place(band["from"], t, share)
        below = band.get("to") is None or a < _place(band["to"], t, share)
        if above and below:
            return Fraction(band["points"])
    raise AssertionError("the bands leave a gap")


def _rating(rule: Document, case: Case) -> Fraction:
    a, s = case.a, case.s
    if "levels" not in rule:
        scale = rule.get("scale", {"lowest": "0", "highest": "100"})
        low, high = Fraction(scale["lowest"]), Fraction(scale["highest"])
        return s * (a - low) / (high - low)
    levels = [(Fraction(level["rating"]), Fraction(level["points"])) for level in rule["levels"]]
    if a < levels[0][0]:  # only where a missing rating counts as zero
        return levels[0][1]
    for (x0, y0), (x1, y1) in pairwise(levels):
        if x0 <= a <= x1:
            return y0 + (y1 - y0) * (a - x0) / (x1 - x0)
    raise AssertionError("the rating is off its scale")
