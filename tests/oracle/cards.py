"""Whole scorecards in fractions: segments, missing data, bonuses, penalties, vetoes, limits, one rounding, grades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from tests.oracle.rules import Case, Document, half_up, points

Known = Literal["value", "missing", "pending", "unpriced", "not_applicable", "error"]
Fate = Literal["scored", "outstanding", "excluded", "inapplicable", "blocks"]
State = Literal["complete", "pending", "blocked", "ungraded"]
WHOLE = Fraction(10_000)
_WORST: Sequence[State] = ("complete", "pending", "blocked", "ungraded")


@dataclass(frozen=True)
class Data:
    """What is known of one item of one person."""

    known: Known = "value"
    actual: Fraction = Fraction(0)
    target: Fraction | None = None
    weight: int | None = None
    proration: Fraction = Fraction(1)
    share: Fraction = Fraction(1)


@dataclass(frozen=True)
class Stretch:
    scheme: Document
    data: Mapping[str, Data]
    workdays: int


@dataclass(frozen=True)
class Verdict:
    state: State
    total: Fraction | None
    grade: str | None
    before_veto: tuple[Fraction | None, str | None] | None


@dataclass(frozen=True)
class Outcome:
    """What became of an item: points, or the reason why there are none."""

    fate: Fate
    points: Fraction = Fraction(0)


class Oracle:
    """Scores cards under the metrics it knows."""

    def __init__(self, metrics: Mapping[str, Document], *, final: bool) -> None:
        self._metrics = metrics
        self._final = final

    def verdict(
        self, card: Sequence[Stretch], overall: Mapping[str, Data], *, closing: Document, least_days: int = 0
    ) -> Verdict:
        """Score a card that ends under the scheme `closing`."""
        fired, added, state = self._overall(closing, overall)
        basis = closing["points_basis"]
        parts = [self._stretch(each, fired if each.scheme["points_basis"] == basis else []) for each in card]
        counting = [(part, days) for part, days in parts if part.state != "ungraded" and days]
        days = sum(days for _, days in counting)
        if days < max(least_days, 1):
            return Verdict("ungraded", None, None, (None, None) if fired else None)
        worst = max([state, *(part.state for part, _ in counting)], key=_WORST.index)
        scored = any(part.scored_weight for part, _ in counting)
        if worst == "blocked" or not scored:
            return Verdict(worst, None, None, (None, None) if fired else None)
        plain = sum((part.sum * each for part, each in counting), Fraction(0)) / days + added
        limited = sum((part.limited * each for part, each in counting), Fraction(0)) / days + added
        plain, limited = (_floored(closing, value) for value in (plain, limited))
        for veto in fired:
            if veto["scope"]["kind"] == "total" and veto["effect"]["kind"] != "cap_grade":
                limited = min(limited, _limit(veto))
        before = self._graded(closing, plain, worst, ())
        total, grade = self._graded(closing, limited, worst, fired)
        return Verdict(worst, total, grade, before if fired else None)

    def _graded(
        self, scheme: Document, value: Fraction, state: State, fired: Sequence[Document]
    ) -> tuple[Fraction, str | None]:
        if scheme.get("total_cap") is not None:
            value = min(value, Fraction(scheme["total_cap"]))
        total = half_up(value, 2)
        if state != "complete":
            return total, None
        keys = [grade["key"] for grade in scheme["grades"]]
        at = next(at for at, grade in enumerate(scheme["grades"]) if _reached(total, grade))
        caps = [keys.index(veto["effect"]["grade"]) for veto in fired if veto["effect"]["kind"] == "cap_grade"]
        return total, keys[max([at, *caps])]

    def _overall(self, scheme: Document, overall: Mapping[str, Data]) -> tuple[list[Document], Fraction, State]:
        added, fates, fired = Fraction(0), [], []
        for sign, listed in ((1, scheme.get("bonuses", ())), (-1, scheme.get("penalties", ()))):
            for item in listed:
                found = self._item(item, overall[item["key"]], Fraction(item["full_mark"]), turned=sign < 0)
                added += sign * half_up(found.points, 6)
                fates.append(found.fate)
        for veto in scheme.get("vetoes", ()):
            fate, fires = self._condition(veto, overall[veto["key"]])
            fates.append(fate)
            fired += [veto] if fires else []
        state: State = "blocked" if "blocks" in fates else "pending" if "outstanding" in fates else "complete"
        return fired, added, state

    def _condition(self, veto: Document, data: Data) -> tuple[Fate, bool]:
        found = self._known(veto, data)
        if found is not None:
            return found.fate, False
        ((operator, bound),) = veto["when"].items()
        target = data.target if data.target is not None else _default(veto)
        if "of_target" in bound and target is None:
            return "outstanding", False
        place = Fraction(bound["of_target"]) * target if target is not None and "of_target" in bound else None
        edge = Fraction(bound["value"]) if place is None else place * self._proration(veto, data)
        actual = self._actual(data)
        holds = {"at_least": actual >= edge, "above": actual > edge, "at_most": actual <= edge, "below": actual < edge}
        return "scored", holds[operator]

    def _stretch(self, stretch: Stretch, fired: Sequence[Document]) -> tuple["_Part", int]:
        scheme = stretch.scheme
        weights = {item["key"]: _weight(item, stretch.data[item["key"]]) for item in scheme["items"]}
        found = {item["key"]: self._weighed(scheme, item, stretch.data[item["key"]]) for item in scheme["items"]}
        excluded = sum(weights[key] for key, outcome in found.items() if outcome.fate == "excluded")
        limited = [item for item in scheme["items"] if self._is_limited(item, found[item["key"]])]
        over = sum(weights[item["key"]] for item in limited) > min(map(self._limit_of, limited), default=10_000)
        out = sum(weights[key] for key, outcome in found.items() if outcome.fate == "inapplicable")
        kept = 10_000 - out - (0 if over else excluded)
        scored = sum(weights[key] for key, outcome in found.items() if outcome.fate == "scored")
        blocked = over or any(outcome.fate == "blocks" for outcome in found.values())
        state: State = "blocked" if blocked else "ungraded" if not kept else "pending" if scored < kept else "complete"
        follows = scheme["points_basis"] == "weight"
        shares = {key: Fraction(1) if follows else weight / WHOLE for key, weight in weights.items()}
        plain = {key: outcome.points * shares[key] for key, outcome in found.items()}
        left = _limited(scheme, plain, shares, found, fired)
        scale = WHOLE / max(kept, 1)
        return _Part(state, sum(plain.values(), Fraction(0)) * scale, left * scale, scored), stretch.workdays

    def _weighed(self, scheme: Document, item: Document, data: Data) -> Outcome:
        """Score an item; on the weight basis its points are out of the person's own weight."""
        own = item.get("full_mark")
        if scheme["points_basis"] == "item":
            found = self._item(item, data, Fraction(own or 100))
            return Outcome(found.fate, half_up(found.points, 6))
        mark = Fraction(own) if own else Fraction(item["weight"], 100)
        found = self._item(item, data, mark)
        return Outcome(found.fate, half_up(found.points * Fraction(_weight(item, data), 100) / mark, 6))

    def _item(self, item: Document, data: Data, mark: Fraction, *, turned: bool = False) -> Outcome:
        known = self._known(item, data)
        if known is not None:
            return known
        rule, metric = item["rule"], self._metrics[item["metric"]]
        target = data.target if data.target is not None else _default(item)
        if _needs_target(rule) and target is None:
            return Outcome("outstanding")
        lower = (metric["direction"] == "lower") != turned
        share = data.share if _cumulative(metric) else Fraction(1)
        case = Case(self._actual(data), target or Fraction(0), mark, lower, self._proration(item, data), share)
        if _meaningless(rule, case) or (data.known == "value" and _off_scale(rule, case.a)):
            return Outcome("blocks")
        return Outcome("scored", points(rule, case))

    def _known(self, item: Document, data: Data) -> Outcome | None:
        """Say what follows where there is no number; None where there is one, or zero stands for it."""
        if data.known == "value":
            return None
        if data.known == "error":
            return Outcome("blocks")
        if data.known == "not_applicable":
            return Outcome("inapplicable")
        if data.known == "unpriced":  # it came, and waits for an exchange rate: no policy for missing data is asked
            return Outcome("outstanding")
        policy = self._metrics[item["metric"]].get("missing", {"policy": "pending"})["policy"]
        if not self._final or policy == "pending":
            return Outcome("outstanding")
        fates = {"exclude_and_rescale": Outcome("excluded"), "block": Outcome("blocks")}
        return fates.get(policy)

    def _is_limited(self, item: Document, outcome: Outcome) -> bool:
        """Tell whether the metric's limit speaks of the weight taken out: missing data, or what does not apply."""
        states_limit = "limit" in self._metrics[item["metric"]].get("missing", {})
        return outcome.fate == "excluded" or (outcome.fate == "inapplicable" and states_limit)

    def _limit_of(self, item: Document) -> int:
        limit: int = self._metrics[item["metric"]]["missing"]["limit"]
        return limit

    def _proration(self, item: Document, data: Data) -> Fraction:
        return data.proration if _cumulative(self._metrics[item["metric"]]) else Fraction(1)

    def _actual(self, data: Data) -> Fraction:
        return data.actual if data.known == "value" else Fraction(0)


@dataclass(frozen=True)
class _Part:
    state: State
    sum: Fraction
    limited: Fraction
    scored_weight: int


def _limited(
    scheme: Document,
    plain: Mapping[str, Fraction],
    shares: Mapping[str, Fraction],
    found: Mapping[str, Outcome],
    fired: Sequence[Document],
) -> Fraction:
    """Sum what vetoes leave: first of items, then of the dimensions that these add up to."""
    left = dict(plain)
    for veto in fired:
        key = veto["scope"].get("key")
        if veto["scope"]["kind"] == "item" and key in left:
            left[key] = min(left[key], _limit(veto) * shares[key])
    sums: dict[Any, Fraction] = {}
    weights: dict[Any, Fraction] = {}
    for item in scheme["items"]:
        dimension, key = item.get("dimension"), item["key"]
        sums[dimension] = sums.get(dimension, Fraction(0)) + left[key]
        own = shares[key] if found[key].fate == "scored" else Fraction(0)
        weights[dimension] = weights.get(dimension, Fraction(0)) + own
    for veto in fired:
        key = veto["scope"].get("key")
        if veto["scope"]["kind"] == "dimension" and key in sums:
            most = Fraction(1) if scheme["points_basis"] == "weight" else weights[key]
            sums[key] = min(sums[key], _limit(veto) * most)
    return sum(sums.values(), Fraction(0))


def _floored(scheme: Document, value: Fraction) -> Fraction:
    return max(value, Fraction(scheme.get("total_floor", "0")))


def _limit(veto: Document) -> Fraction:
    return Fraction(veto["effect"].get("limit", 0))


def _weight(item: Document, data: Data) -> int:
    weight: int = item["weight"] if data.weight is None else data.weight
    return weight


def _default(item: Document) -> Fraction | None:
    text = item.get("default_target")
    return None if text is None else Fraction(text)


def _cumulative(metric: Document) -> bool:
    return metric["aggregation"] in {"sum", "count", "count_distinct"}


def _reached(total: Fraction, grade: Document) -> bool:
    return grade["at_least"] is None or total >= Fraction(grade["at_least"])


def _places(rule: Document) -> list[Document]:
    """List the places on the axis that a rule names, its bands' edges among them."""
    named = [rule.get(name) for name in ("anchor", "unit", "baseline", "unacceptable", "satisfactory")]
    edges = [edge for band in rule.get("bands", ()) for edge in (band.get("from"), band.get("to"))]
    threshold = rule.get("threshold", {"of_target": "1"}) if rule["kind"] == "binary" else None
    return [place for place in (*named, *edges, threshold) if place is not None]


def _needs_target(rule: Document) -> bool:
    return rule["kind"] in {"ratio", "interpolation"} or any("of_target" in place for place in _places(rule))


def _meaningless(rule: Document, case: Case) -> bool:
    """Tell whether a rule divides by nothing, or its places stand in the wrong order, for this target."""
    kind, t = rule["kind"], case.t
    relative = ["of_target" in place for place in _places(rule)]
    if kind == "ratio" or (kind == "bands" and any(relative)):
        return t <= 0
    if kind == "steps":
        divides = "of_target" in rule["unit"] or ("of_target" in rule["anchor"] and rule["down"] == "proportional")
        return divides and t <= 0
    if kind not in {"interpolation", "efficacy"}:
        return False
    if kind == "interpolation":
        worse, better = _at(rule["baseline"], t), t
        relative.append(True)
    else:
        worse, better = _at(rule["unacceptable"], t), _at(rule["satisfactory"], t)
    return (all(relative) and t <= 0) or (better >= worse if case.lower else better <= worse)


def _at(place: Document, t: Fraction) -> Fraction:
    return Fraction(place["of_target"]) * t if "of_target" in place else Fraction(place["value"])


def _off_scale(rule: Document, actual: Fraction) -> bool:
    if rule["kind"] != "rating":
        return False
    if "levels" in rule:
        ends = rule["levels"][0]["rating"], rule["levels"][-1]["rating"]
    else:
        scale = rule.get("scale", {"lowest": "0", "highest": "100"})
        ends = scale["lowest"], scale["highest"]
    return not Fraction(ends[0]) <= actual <= Fraction(ends[1])
