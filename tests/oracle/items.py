"""What becomes of one item of a card: its state and why, and the points that it earns, in fractions."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tests.oracle.rules import Case, Document, half_up, points

Known = Literal["value", "missing", "pending", "unpriced", "not_applicable", "error"]
Fate = Literal["scored", "outstanding", "excluded", "inapplicable", "blocks"]


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
class Outcome:
    """What becomes of an item: points, or the reason why there are none."""

    fate: Fate
    state: str
    code: str | None = None
    points: Fraction = Fraction(0)


class Items:
    """Scores single items under the metrics it knows."""

    def __init__(self, metrics: Mapping[str, Document], *, final: bool) -> None:
        self._metrics = metrics
        self._final = final

    def weighted(self, scheme: Document, item: Document, data: Data) -> Outcome:
        """Score an item; on the weight basis its points are out of the person's own weight."""
        own = item.get("full_mark")
        if scheme["points_basis"] == "item":
            return self._scored(item, data, Fraction(own or 100))
        mark = Fraction(own) if own else Fraction(item["weight"], 100)
        return self._scored(item, data, mark, scale=Fraction(weight_of(item, data), 100) / mark)

    def beside(self, item: Document, data: Data, *, turned: bool) -> Outcome:
        """Score a bonus, or a penalty, whose rule runs against the direction of its metric."""
        return self._scored(item, data, Fraction(item["full_mark"]), turned=turned)

    def condition(self, veto: Document, data: Data) -> Outcome:
        """Give a point where a veto fires."""
        found = self._known(veto, data)
        if found.fate != "scored":
            return found
        ((operator, bound),) = veto["when"].items()
        target = data.target if data.target is not None else _default(veto)
        if "of_target" in bound and target is None:
            return Outcome("outstanding", "pending", "target_missing")
        place = Fraction(bound["of_target"]) * target if target is not None and "of_target" in bound else None
        edge = Fraction(bound["value"]) if place is None else place * self._proration(veto, data)
        actual = _actual(data)
        holds = {"at_least": actual >= edge, "above": actual > edge, "at_most": actual <= edge, "below": actual < edge}
        return Outcome("scored", found.state, found.code, Fraction(holds[operator]))

    def limit(self, item: Document, outcome: Outcome) -> int | None:
        """Give how much weight may be taken out, if an item's is: missing data, or what does not apply."""
        limit: int | None = self._metrics[item["metric"]].get("missing", {}).get("limit")
        return limit if outcome.fate in {"excluded", "inapplicable"} else None

    def _scored(
        self, item: Document, data: Data, mark: Fraction, *, scale: Fraction = Fraction(1), turned: bool = False
    ) -> Outcome:
        found = self._known(item, data)
        if found.fate != "scored":
            return found
        rule, metric = item["rule"], self._metrics[item["metric"]]
        target = data.target if data.target is not None else _default(item)
        if _needs_target(rule) and target is None:
            return Outcome("outstanding", "pending", "target_missing")
        lower = (metric["direction"] == "lower") != turned
        share = data.share if _cumulative(metric) else Fraction(1)
        case = Case(_actual(data), target or Fraction(0), mark, lower, self._proration(item, data), share)
        wrong = _meaningless(rule, case) or (_off_scale(rule, case.a) if data.known == "value" else None)
        if wrong is not None:
            return Outcome("blocks", "error", wrong)
        return Outcome("scored", found.state, found.code, half_up(points(rule, case) * scale, 6))

    def _known(self, item: Document, data: Data) -> Outcome:
        """Say whether there is a number, or zero stands for it, and if not, what follows."""
        if data.known == "value":
            return Outcome("scored", "value" if data.actual else "zero")
        if data.known == "error":
            return Outcome("blocks", "error")
        if data.known == "not_applicable":
            return Outcome("inapplicable", "not_applicable", "not_applicable")
        if data.known == "unpriced":  # it came, and waits for an exchange rate: no policy for missing data is asked
            return Outcome("outstanding", "pending", "rate_missing")
        policy = self._metrics[item["metric"]].get("missing", {"policy": "pending"})["policy"]
        followed = {
            "zero": Outcome("scored", "zero", "missing_as_zero"),
            "exclude_and_rescale": Outcome("excluded", "missing", "excluded"),
            "block": Outcome("blocks", "missing", "missing_blocks"),
        }
        waits = Outcome("outstanding", data.known)
        return followed.get(policy, waits) if self._final else waits

    def _proration(self, item: Document, data: Data) -> Fraction:
        return data.proration if _cumulative(self._metrics[item["metric"]]) else Fraction(1)


def weight_of(item: Document, data: Data) -> int:
    """Give the basis points of a person, or the scheme's."""
    weight: int = item["weight"] if data.weight is None else data.weight
    return weight


def _actual(data: Data) -> Fraction:
    return data.actual if data.known == "value" else Fraction(0)


def _default(item: Document) -> Fraction | None:
    text = item.get("default_target")
    return None if text is None else Fraction(text)


def _cumulative(metric: Document) -> bool:
    return metric["aggregation"] in {"sum", "count", "count_distinct"}


def _places(rule: Document) -> list[Document]:
    """List the places on the axis that a rule names, its bands' edges among them."""
    named = [rule.get(name) for name in ("anchor", "unit", "baseline", "unacceptable", "satisfactory")]
    edges = [edge for band in rule.get("bands", ()) for edge in (band.get("from"), band.get("to"))]
    threshold = rule.get("threshold", {"of_target": "1"}) if rule["kind"] == "binary" else None
    return [place for place in (*named, *edges, threshold) if place is not None]


def _needs_target(rule: Document) -> bool:
    return rule["kind"] in {"ratio", "interpolation"} or any("of_target" in place for place in _places(rule))


def _meaningless(rule: Document, case: Case) -> str | None:
    """Say whether a rule divides by nothing, or its places stand in the wrong order, for this target."""
    if _divides(rule) and case.t <= 0:
        return "target_negative" if case.t < 0 else "target_zero"
    if rule["kind"] not in {"interpolation", "efficacy"}:
        return None
    worse, better = (_at(place, case.t) for place in _ends(rule))
    in_order = better < worse if case.lower else better > worse
    return None if in_order else "target_misplaced"


def _divides(rule: Document) -> bool:
    """Tell whether a rule needs a target above zero: it divides by it, or has all its places at shares of it."""
    relative = ["of_target" in place for place in _places(rule)]
    if rule["kind"] == "steps":
        return "of_target" in rule["unit"] or ("of_target" in rule["anchor"] and rule["down"] == "proportional")
    if rule["kind"] in {"interpolation", "efficacy"}:
        return all("of_target" in place for place in _ends(rule))
    return rule["kind"] == "ratio" or (rule["kind"] == "bands" and any(relative))


def _ends(rule: Document) -> tuple[Document, Document]:
    """Give the worse and the better place of a straight line."""
    if rule["kind"] == "interpolation":
        return rule["baseline"], {"of_target": "1"}
    return rule["unacceptable"], rule["satisfactory"]


def _at(place: Document, t: Fraction) -> Fraction:
    return Fraction(place["of_target"]) * t if "of_target" in place else Fraction(place["value"])


def _off_scale(rule: Document, actual: Fraction) -> str | None:
    if rule["kind"] != "rating":
        return None
    if "levels" in rule:
        ends = rule["levels"][0]["rating"], rule["levels"][-1]["rating"]
    else:
        scale = rule.get("scale", {"lowest": "0", "highest": "100"})
        ends = scale["lowest"], scale["highest"]
    return None if Fraction(ends[0]) <= actual <= Fraction(ends[1]) else "rating_off_scale"
