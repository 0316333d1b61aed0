"""Random schemes and scorecards of every kind, from everyday numbers to 10^12 with six decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from tests.oracle.cards import Stretch
from tests.oracle.items import Data, Known
from tests.oracle.rules import Document

_POLICIES: tuple[dict[str, Any], ...] = (
    {"policy": "pending"},
    {"policy": "zero"},
    {"policy": "exclude_and_rescale", "limit": 4000},
    {"policy": "block"},
)
_GRADES = [
    {"key": key, "name": {"zh": key, "en": key}, "at_least": edge}
    for key, edge in (("a", "90"), ("b", "80.5"), ("c", "60"), ("d", None))
]
_LIMITS: tuple[dict[str, str], ...] = ({}, {}, {"cap": "120"}, {"floor": "-50", "cap": "80"}, {"floor": "10.5"})
_FULL_MARKS = (None, None, "100", "100", "150")
_SHARES = ("0.1", "0.5", "1", "1.2")
_POINTS = ("base", "up", "down", "each", "floor", "cap")
_DIMENSIONS = ("results", "conduct", None)
_ABSENT: tuple[Known, ...] = ("missing", "pending", "unpriced", "not_applicable", "error")


def _metric(key: str, direction: str, aggregation: str, policy: Mapping[str, Any]) -> dict[str, Any]:
    side = {"measure": f"{key}.amount", "aggregation": aggregation}
    named = {"key": key, "name": key, "unit": "count", "direction": direction, "missing": policy}
    if aggregation == "ratio":
        over = {"measure": f"{key}.part", "aggregation": "count"}
        return {**named, "aggregation": "ratio", "numerator": over, "denominator": {**over, "measure": f"{key}.all"}}
    return {**named, **side}


METRICS: Mapping[str, Document] = {
    key: _metric(key, direction, aggregation, policy)
    for direction in ("higher", "lower")
    for aggregation in ("sum", "ratio", "last", "rating")
    for policy in _POLICIES
    for key in [f"{direction}_{aggregation}_{policy['policy']}"]
}


@dataclass(frozen=True)
class RandomCard:
    """Segments in order, and what acts on the whole card."""

    stretches: tuple[Stretch, ...]
    overall: Mapping[str, Data]


class Cases:
    """Draws what can be drawn; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 -- reproducible, not secret

    def scheme(self) -> Document:
        """Draw a version that the engine accepts."""
        weights = self.weights(self._random.randint(1, 5))
        basis = self._random.choice(["item", "weight"])
        scheme: dict[str, Any] = {
            "points_basis": basis,
            "items": [self._item(f"item_{at}", weight, basis) for at, weight in enumerate(weights)],
            "grades": _GRADES,
            "total_floor": self._random.choice(["0", "0", "-1000", "12.345"]),
        }
        if self._random.random() < 0.2:
            scheme["total_cap"] = "100.505"
        if self._random.random() < 0.4:
            scheme["bonuses"] = [self._beside(f"bonus_{at}") for at in range(self._random.randint(1, 2))]
        if self._random.random() < 0.4:
            scheme["penalties"] = [self._beside("penalty", turned=True)]
        if self._random.random() < 0.5:
            scheme["vetoes"] = [self._veto(f"veto_{at}", scheme) for at in range(self._random.randint(1, 3))]
        return scheme

    def card(self, schemes: list[Document], closing: Document) -> RandomCard:
        """Draw a person's card that ends under `closing`, after up to two segments under any of `schemes`."""
        earlier = [self._random.choice(schemes) for _ in range(self._random.choice([0, 0, 0, 1, 2]))]
        days = [self._random.choice([0, 1, 7, 61, 125]) for _ in (*earlier, closing)]
        total = sum(days) or 1
        stretches = tuple(
            Stretch(
                scheme, self._data_of(scheme, Fraction(own, 130), Fraction(own or 1, total)), own, self._allocation()
            )
            for scheme, own in zip([*earlier, closing], days, strict=True)
        )
        beside = (*closing.get("bonuses", ()), *closing.get("penalties", ()), *closing.get("vetoes", ()))
        whole = Fraction(total, 130)
        return RandomCard(stretches, {item["key"]: self._data(item, whole, Fraction(1)) for item in beside})

    def _allocation(self) -> Fraction:
        """Draw the part of a day that a position has, which is mostly all of it."""
        return self._random.choice([Fraction(1)] * 4 + [Fraction(1, 2), Fraction(3, 7), Fraction(1234, 9_999)])

    def weights(self, count: int) -> list[int]:
        """Draw basis points that make a whole, each at least 1; often round ones, which meet limits exactly."""
        step = self._random.choice([1, 1000])
        cuts = sorted(self._random.sample(range(step, 10_000, step), count - 1))
        return [end - start for start, end in pairwise([0, *cuts, 10_000])]

    def _data_of(self, scheme: Document, proration: Fraction, share: Fraction) -> dict[str, Data]:
        data = {item["key"]: self._data(item, proration or Fraction(1), share) for item in scheme["items"]}
        if self._random.random() < 0.3:
            for key, weight in zip(data, self.weights(len(data)), strict=True):
                data[key] = Data(**{**vars(data[key]), "weight": weight})
        return data

    def _data(self, item: Document, proration: Fraction, share: Fraction) -> Data:
        known: Known = "value" if self._random.random() < 0.92 else self._random.choice(_ABSENT)
        target = self._target() if self._random.random() < 0.97 else None
        actual = self._actual(METRICS[item["metric"]], target, proration)
        return Data(known, actual if known == "value" else Fraction(0), target, None, proration, share)

    def _actual(self, metric: Document, target: Fraction | None, proration: Fraction) -> Fraction:
        if metric["aggregation"] == "rating":
            return Fraction(self._random.randint(0, 1100), 100)
        near = (target or Fraction(100)) * self._random.randint(0, 250) / 100
        edge = (target or Fraction(100)) * Fraction(self._random.choice(_SHARES)) * proration
        far = Fraction(self._random.randint(-(10**18), 10**18), 10**6)
        small = Fraction(self._random.randint(-50, 400), self._random.choice([1, 10, 10**10]))
        drawn = self._random.choice([near, near, near, edge, edge, small, small, far, Fraction(0)])
        return Fraction(round(drawn * 10**10), 10**10)

    def _target(self) -> Fraction:
        if self._random.random() < 0.1:
            return Fraction(self._random.choice(["0", "-7.5", "0.2", "3", "1000000"]))
        return self._random.choice(
            [
                Fraction(self._random.randint(20_000, 200_000_000), 100),
                Fraction(self._random.randint(1, 10**18), 10**6),
            ]
        )

    def _item(self, key: str, weight: int, basis: str) -> dict[str, Any]:
        """Draw an item; one that does not state its full mark has that of the basis, 100 or the weight itself."""
        metric = self._random.choice(list(METRICS))
        dimension = self._random.choice(_DIMENSIONS)
        stated = self._random.choice(_FULL_MARKS)
        mark = Decimal(weight) / 100 if stated is None and basis == "weight" else Decimal(100)
        rule = _out_of(mark, self._rule(metric))
        return {
            "key": key,
            "name": key,
            "metric": metric,
            "weight": weight,
            "rule": rule,
            **({} if stated is None else {"full_mark": stated}),
            **self._default_target(metric, rule),
            **({} if dimension is None else {"dimension": dimension}),
        }

    def _beside(self, key: str, *, turned: bool = False) -> dict[str, Any]:
        metric = self._random.choice(list(METRICS))
        mark = self._random.choice(["100", "12.5"])
        rule = {**self._rule(metric, turned=turned), "floor": "0"}
        rule.pop("cap", None)
        named = {"key": key, "name": key, "metric": metric, "rule": _out_of(Decimal(mark), _within(rule))}
        return {**named, "full_mark": mark, **self._default_target(metric, rule, turned=turned)}

    def _default_target(self, metric: str, rule: Document, *, turned: bool = False) -> dict[str, str]:
        """Draw, for some, a target that the rule can use; a rating knows none."""
        if rule["kind"] == "rating" or self._random.random() >= 0.3:
            return {}
        number, baseline = Decimal(self._number()), Decimal(rule.get("baseline", {}).get("value", 0))
        lower = (METRICS[metric]["direction"] == "lower") != turned
        return {"default_target": str(baseline - number if lower and baseline else baseline + number)}

    def _veto(self, key: str, scheme: Document) -> dict[str, Any]:
        dimensions = sorted({item["dimension"] for item in scheme["items"] if "dimension" in item})
        scopes = [{"kind": "total"}, {"kind": "item", "key": self._random.choice(scheme["items"])["key"]}]
        scopes += [{"kind": "dimension", "key": self._random.choice(dimensions)}] if dimensions else []
        scope = self._random.choice(scopes)
        effects: list[dict[str, str]] = [{"kind": "zero"}, {"kind": "cap_score", "limit": self._limit()}]
        effects += [{"kind": "cap_grade", "grade": self._random.choice("abcd")}] if scope["kind"] == "total" else []
        return {
            "key": key,
            "name": key,
            "metric": self._random.choice(list(METRICS)),
            "when": {self._random.choice(["at_least", "above", "at_most", "below"]): self._place()},
            "scope": scope,
            "effect": self._random.choice(effects),
            **({"default_target": self._number()} if self._random.random() < 0.3 else {}),
        }

    def _rule(self, metric: str, *, turned: bool = False) -> dict[str, Any]:
        """Draw a rule that suits the metric's direction, or the other one of a penalty."""
        lower = (METRICS[metric]["direction"] == "lower") != turned
        if METRICS[metric]["aggregation"] == "rating":
            return _within(self._rating())
        kinds = [self._steps, self._bands, self._binary, self._interpolation, self._efficacy, self._ratio]
        kinds += [self._deduction] * 3 if lower else []
        return _within({**self._random.choice(kinds)(lower=lower), **self._random.choice(_LIMITS)})

    def _number(self) -> str:
        return str(Decimal(self._random.randint(1, 20_000)) / 100)

    def _limit(self) -> str:
        """Draw what is often less than a part of the card has, or several events cost."""
        return self._random.choice([self._number(), str(Decimal(self._random.randint(1, 4_000)) / 100)])

    def _place(self) -> dict[str, str]:
        if self._random.random() < 0.5:
            return {"of_target": self._random.choice(_SHARES)}
        return {"value": self._number()}

    def _ratio(self, *, lower: bool) -> dict[str, Any]:
        return {"kind": "ratio", "form": self._random.choice(["complement", "inverse"]) if lower else "direct"}

    def _steps(self, *, lower: bool) -> dict[str, Any]:
        del lower
        quantise = ["floor", "ceil", "exact"]
        return {
            "kind": "steps",
            "base": self._random.choice(["11", "60", "80"]),
            "anchor": self._place(),
            "unit": self._place(),
            "up": self._number(),
            "down": self._random.choice(["proportional", self._number()]),
            "quantise_above": self._random.choice(quantise),
            "quantise_below": self._random.choice(quantise),
        }

    def _bands(self, *, lower: bool) -> dict[str, Any]:
        del lower
        name = self._random.choice(["value", "of_target"])
        edges = sorted({Decimal(self._random.randint(1, 500)) / 10 for _ in range(self._random.randint(1, 4))})
        bounds = [None, *({name: str(edge)} for edge in edges), None]
        return {
            "kind": "bands",
            "bands": [{"from": low, "to": high, "points": self._number()} for low, high in pairwise(bounds)],
        }

    def _binary(self, *, lower: bool) -> dict[str, Any]:
        del lower
        return {"kind": "binary", **({"threshold": self._place()} if self._random.random() < 0.7 else {})}

    def _interpolation(self, *, lower: bool) -> dict[str, Any]:
        relative = {"of_target": self._random.choice(["1.5", "3"] if lower else ["0.1", "0.8"])}
        return {"kind": "interpolation", "baseline": self._random.choice([relative, {"value": self._number()}])}

    def _efficacy(self, *, lower: bool) -> dict[str, Any]:
        pairs = [
            ({"of_target": "0.7"}, {"of_target": "1"}),
            ({"value": "-3"}, {"value": "12.5"}),
            ({"value": "0"}, {"of_target": "1.1"}),
        ]
        worse, better = self._random.choice(pairs)
        worse, better = (better, worse) if lower else (worse, better)
        return {"kind": "efficacy", "unacceptable": worse, "satisfactory": better}

    def _deduction(self, *, lower: bool) -> dict[str, Any]:
        del lower
        return {"kind": "deduction", "each": self._limit()}

    def _rating(self) -> dict[str, Any]:
        if self._random.random() < 0.5:
            return {"kind": "rating", "scale": {"lowest": "0", "highest": "10"}, **self._random.choice(_LIMITS)}
        marks = sorted({1, 10, *(self._random.randint(2, 9) for _ in range(3))})
        levels = [{"rating": str(mark), "points": self._number()} for mark in marks]
        return {"kind": "rating", "levels": levels, **self._random.choice(_LIMITS)}


def _within(rule: dict[str, Any], mark: str = "100") -> dict[str, Any]:
    """Bring points that a rule states outright between its floor and its cap, which is the full mark unless stated."""
    low, high = Decimal(rule.get("floor", "0")), Decimal(rule.get("cap", mark))
    name = {"bands": "bands", "rating": "levels"}.get(rule["kind"])
    if rule["kind"] == "binary":
        return {key: value for key, value in rule.items() if key != "cap"}
    if name not in rule:
        return rule
    listed = [{**each, "points": str(low + abs(Decimal(each["points"])) % (high - low))} for each in rule[name]]
    return {**rule, name: listed}


def _out_of(mark: Decimal, rule: Mapping[str, Any]) -> dict[str, Any]:
    """Write the points of a rule that was drawn for a full mark of 100 for another one."""
    if mark == 100:
        return dict(rule)
    scaled = {name: _scaled(rule[name], mark) for name in _POINTS if rule.get(name, "proportional") != "proportional"}
    listed = {
        name: [{**each, "points": _scaled(each["points"], mark)} for each in rule[name]]
        for name in ("bands", "levels")
        if name in rule
    }
    return {**rule, **scaled, **listed}


def _scaled(points: str, mark: Decimal) -> str:
    return f"{Decimal(points) * mark / 100:f}"
