"""Whole scorecards in fractions: segments, missing data, bonuses, penalties, vetoes, limits, one rounding, grades."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from tests.oracle.items import Data, Items, Outcome, weight_of
from tests.oracle.rules import Document, half_up

State = Literal["complete", "pending", "blocked", "ungraded"]
WHOLE = Fraction(10_000)
_WORST: Sequence[State] = ("complete", "pending", "blocked", "ungraded")


@dataclass(frozen=True)
class Stretch:
    scheme: Document
    data: Mapping[str, Data]
    workdays: int
    allocation: Fraction = Fraction(1)
    """The part of each day that belongs to it."""

    @property
    def days(self) -> Fraction:
        return self.workdays * self.allocation


class Line(NamedTuple):
    """What a card shows of an item; a veto has a point where it fires."""

    key: str
    state: str
    code: str | None
    weight: int
    points: Fraction | None


@dataclass(frozen=True)
class Verdict:
    state: State
    total: Fraction | None
    grade: str | None
    before_veto: tuple[Fraction | None, str | None] | None
    scored_weight: int = 0
    lines: tuple[tuple[Line, ...], ...] = ()
    """Of each segment."""
    beside: tuple[Line, ...] = ()
    """Bonuses, penalties and vetoes."""


class Oracle:
    """Scores cards under the metrics it knows."""

    def __init__(self, metrics: Mapping[str, Document], *, final: bool) -> None:
        self._items = Items(metrics, final=final)

    def verdict(
        self, card: Sequence[Stretch], overall: Mapping[str, Data], *, closing: Document, least_days: int = 0
    ) -> Verdict:
        """Score a card that ends under the scheme `closing`."""
        above = self._above(closing, overall)
        basis = closing["points_basis"]
        parts = [self._stretch(each, above.fired if each.scheme["points_basis"] == basis else []) for each in card]
        counting = [part for part in parts if part.state != "ungraded" and part.days]
        judged = _judged(counting, above, closing, least_days)
        lines = tuple(part.lines for part in parts)
        return replace(judged, scored_weight=_scored_weight(counting), lines=lines, beside=above.lines)

    def _above(self, scheme: Document, overall: Mapping[str, Data]) -> "_Above":
        """Judge what acts on the whole card."""
        added, fates, fired, lines = Fraction(0), [], [], []
        for listed, sign in (("bonuses", 1), ("penalties", -1), ("vetoes", 0)):
            for item in scheme.get(listed, ()):
                data = overall[item["key"]]
                found = self._items.beside(item, data, turned=sign < 0) if sign else self._items.condition(item, data)
                added += sign * found.points
                fired += [item] if found.points and not sign else []
                fates.append(found.fate)
                lines.append(_line(item["key"], 0, found))
        state: State = "blocked" if "blocks" in fates else "pending" if "outstanding" in fates else "complete"
        return _Above(state, added, fired, tuple(lines))

    def _stretch(self, stretch: Stretch, fired: Sequence[Document]) -> "_Part":
        scheme, data = stretch.scheme, stretch.data
        weights = {item["key"]: weight_of(item, data[item["key"]]) for item in scheme["items"]}
        found = {item["key"]: self._items.weighted(scheme, item, data[item["key"]]) for item in scheme["items"]}
        over = self._over(scheme, weights, found)
        found |= {key: replace(found[key], code="exclusion_over_limit") for key in over}
        scored, excluded, out = (_weight(fate, weights, found) for fate in ("scored", "excluded", "inapplicable"))
        kept = 10_000 - out - (0 if over else excluded)
        blocked = over or any(outcome.fate == "blocks" for outcome in found.values())
        short: State = "pending" if scored < kept else "complete"
        state: State = "blocked" if blocked else "ungraded" if not kept else short
        plain, left = _sums(scheme, weights, found, fired, kept)
        lines = tuple(_line(key, weights[key], outcome) for key, outcome in found.items())
        return _Part(state, stretch.days, plain, left, scored, lines)

    def _over(self, scheme: Document, weights: Mapping[str, int], found: Mapping[str, Outcome]) -> list[str]:
        """Name the items taken out under a limit where together they are more than the strictest of their limits."""
        limits = {item["key"]: self._items.limit(item, found[item["key"]]) for item in scheme["items"]}
        stated = {key: limit for key, limit in limits.items() if limit is not None}
        return list(stated) if sum(weights[key] for key in stated) > min(stated.values(), default=10_000) else []


@dataclass(frozen=True)
class _Above:
    """What acts on the whole card: by how much, which vetoes fire, and what it lets the card be at best."""

    state: State
    added: Fraction
    fired: Sequence[Document]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class _Part:
    """A segment; `limited` is what vetoes leave of its sum."""

    state: State
    days: Fraction
    sum: Fraction
    limited: Fraction
    scored_weight: int
    lines: tuple[Line, ...]


def _judged(counting: Sequence[_Part], above: _Above, closing: Document, least_days: int) -> Verdict:
    """Fold the segments that count into a total, let vetoes and limits act, round, and grade."""
    nothing = (None, None) if above.fired else None
    days = sum(part.days for part in counting)
    if not days or days < least_days:
        return Verdict("ungraded", None, None, nothing)
    worst = max([above.state, *(part.state for part in counting)], key=_WORST.index)
    if worst == "blocked" or not any(part.scored_weight for part in counting):
        return Verdict(worst, None, None, nothing)
    plain = sum((part.sum * part.days for part in counting), Fraction(0)) / days + above.added
    limited = sum((part.limited * part.days for part in counting), Fraction(0)) / days + above.added
    plain, limited = _floored(closing, plain), _floored(closing, limited)
    for veto in above.fired:
        if veto["scope"]["kind"] == "total" and veto["effect"]["kind"] != "cap_grade":
            limited = min(limited, _limit(veto))
    total, grade = _graded(closing, limited, worst, above.fired)
    return Verdict(worst, total, grade, _graded(closing, plain, worst, ()) if above.fired else None)


def _graded(scheme: Document, value: Fraction, state: State, fired: Sequence[Document]) -> tuple[Fraction, str | None]:
    if scheme.get("total_cap") is not None:
        value = min(value, Fraction(scheme["total_cap"]))
    total = half_up(value, 2)
    if state != "complete":
        return total, None
    keys = [grade["key"] for grade in scheme["grades"]]
    at = next(at for at, grade in enumerate(scheme["grades"]) if _reached(total, grade))
    caps = [keys.index(veto["effect"]["grade"]) for veto in fired if veto["effect"]["kind"] == "cap_grade"]
    return total, keys[max([at, *caps])]


def _scored_weight(counting: Sequence[_Part]) -> int:
    """Average the weight behind the total by workdays, cut to whole basis points."""
    days = sum(part.days for part in counting)
    return int(sum(part.scored_weight * part.days for part in counting) // days) if days else 0


def _weight(fate: str, weights: Mapping[str, int], found: Mapping[str, Outcome]) -> int:
    return sum(weights[key] for key, outcome in found.items() if outcome.fate == fate)


def _line(key: str, weight: int, outcome: Outcome) -> Line:
    points = outcome.points if outcome.fate == "scored" else None
    return Line(key, outcome.state, outcome.code, weight, points)


def _sums(
    scheme: Document,
    weights: Mapping[str, int],
    found: Mapping[str, Outcome],
    fired: Sequence[Document],
    kept: int,
) -> tuple[Fraction, Fraction]:
    """Give a segment's sum and what vetoes leave of it: first of items, then of the dimensions these add up to.

    What was taken out is rescaled away first, so that a limit on the weight basis holds for what finally counts.
    """
    follows = scheme["points_basis"] == "weight"
    scale = WHOLE / max(kept, 1)
    plain = {
        key: outcome.points * (scale if follows else scale * weights[key] / WHOLE) for key, outcome in found.items()
    }
    left = dict(plain)
    for veto in _of("item", fired):
        key = veto["scope"]["key"]
        if key in left:
            left[key] = min(left[key], _limit(veto) * (1 if follows else scale * weights[key] / WHOLE))
    sums: dict[Any, Fraction] = {}
    behind: dict[Any, int] = {}
    for item in scheme["items"]:
        dimension, key = item.get("dimension"), item["key"]
        sums[dimension] = sums.get(dimension, Fraction(0)) + left[key]
        behind[dimension] = behind.get(dimension, 0) + (weights[key] if found[key].fate == "scored" else 0)
    for veto in _of("dimension", fired):
        key = veto["scope"]["key"]
        if key in sums:
            sums[key] = min(sums[key], _limit(veto) * (1 if follows else scale * behind[key] / WHOLE))
    return sum(plain.values(), Fraction(0)), sum(sums.values(), Fraction(0))


def _of(kind: str, fired: Sequence[Document]) -> Iterable[Document]:
    return (veto for veto in fired if veto["scope"]["kind"] == kind)


def _floored(scheme: Document, value: Fraction) -> Fraction:
    return max(value, Fraction(scheme.get("total_floor", "0")))


def _limit(veto: Document) -> Fraction:
    return Fraction(veto["effect"].get("limit", 0))


def _reached(total: Fraction, grade: Document) -> bool:
    return grade["at_least"] is None or total >= Fraction(grade["at_least"])
