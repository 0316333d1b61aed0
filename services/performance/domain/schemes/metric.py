"""A metric: a KPI over measures, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from services.performance.domain.document import Document, Fields, child, refuse_all
from services.performance.domain.rules.base import Direction
from services.performance.domain.schemes.currency import VALUED, MetricCurrency
from services.performance.domain.schemes.freshness import Freshness
from shared.core.currencies import CURRENCIES
from shared.core.errors import Invalid, Violation

Aggregation = Literal["sum", "mean", "last", "max", "min", "count", "count_distinct", "ratio", "rating"]
SideAggregation = Literal["sum", "mean", "last", "max", "min", "count", "count_distinct", "rating"]
Credit = Literal["own_date", "cohort_date"]
MissingPolicy = Literal["pending", "zero", "exclude_and_rescale", "block"]
Level = Literal["employee", "department", "company"]
"""Whose observations count for a person: their own, their department's, or the company's."""

_AGGREGATIONS: tuple[Aggregation, ...] = (
    "sum", "mean", "last", "max", "min", "count", "count_distinct", "ratio", "rating",
)  # fmt: skip
_RATIO_AGGREGATIONS: tuple[SideAggregation, ...] = ("sum", "count")
_CREDITS: tuple[Credit, ...] = ("own_date", "cohort_date")
_DIRECTIONS: tuple[Direction, ...] = ("higher", "lower")
_LEVELS: tuple[Level, ...] = ("employee", "department", "company")
_POLICIES: tuple[MissingPolicy, ...] = ("pending", "zero", "exclude_and_rescale", "block")
_SELECTIVE: frozenset[SideAggregation] = frozenset({"last", "max", "min", "count_distinct"})
_CUMULATIVE: frozenset[Aggregation] = frozenset({"sum", "count", "count_distinct"})

EVERYTHING = ""
"""The one group of a side that does not tell values of a dimension apart."""
FULL_WEIGHT = 10_000
"""All of a scheme's weight, in basis points."""


@dataclass(frozen=True, slots=True)
class Side:
    """One aggregate over one measure: the whole metric, or numerator or denominator of a ratio."""

    measure: str
    aggregation: SideAggregation
    filters: Mapping[str, tuple[str, ...]]
    """Dimension to the values that count; every dimension named must match."""
    credit: Credit
    """Whether the observation's own business date or its cohort's decides the period."""
    distinct_by: str | None = None
    """The dimension whose values `count_distinct` counts."""
    currency: MetricCurrency | None = None
    """What its amounts are counted in; None where they are no money, or all of one currency."""

    @property
    def is_selective(self) -> bool:
        """Whether some of what it takes in counts for all of it."""
        return self.aggregation in _SELECTIVE

    def group_of(self, dimensions: Mapping[str, str]) -> str | None:
        """Name those among which one counts: of equal values, else all; None for what is in no such group."""
        return dimensions.get(self.distinct_by) if self.distinct_by is not None else EVERYTHING

    def to_document(self) -> dict[str, Any]:
        distinct = {} if self.distinct_by is None else {"distinct_by": self.distinct_by}
        money = {} if self.currency is None else {"currency": self.currency.to_document()}
        filters = {dimension: list(values) for dimension, values in self.filters.items()}
        return {
            "measure": self.measure, "aggregation": self.aggregation,
            "filters": filters, "credit": self.credit, **distinct, **money,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Missing:
    """What happens at the end of a cycle where no data came; `limit` is the weight that may be taken out."""

    policy: MissingPolicy = "pending"
    limit: int = 0

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Missing":
        fields = Fields(document, pointer=pointer)
        policy = fields.choice("policy", _POLICIES)
        limit = 0
        if policy == "exclude_and_rescale":
            limit = fields.integer("limit", low=1, high=FULL_WEIGHT - 1)
        fields.done()
        return cls(policy, limit)

    def to_document(self) -> dict[str, Any]:
        return {"policy": self.policy, **({"limit": self.limit} if self.limit else {})}


@dataclass(frozen=True, slots=True)
class Metric:
    key: str
    name: str
    unit: str
    """Open: `currency`, `count`, `ratio`, `points`, …"""
    direction: Direction
    aggregation: Aggregation
    sides: tuple[Side, ...]
    """One, or numerator and denominator."""
    missing: Missing = Missing()
    level: Level = "employee"
    freshness: Freshness | None = None

    @property
    def cumulative(self) -> bool:
        """Whether it grows with time, so that targets are prorated; rates, ratings and gauges are not."""
        return self.aggregation in _CUMULATIVE

    @property
    def currency(self) -> str | None:
        """What its targets are in; None of what is no money, or states no currency."""
        first = self.sides[0].currency
        return None if first is None or self.aggregation == "ratio" else first.code

    @property
    def roles(self) -> Mapping[str, Side]:
        """Name the sides by what they are to the metric."""
        names = ("numerator", "denominator") if self.aggregation == "ratio" else ("value",)
        return dict(zip(names, self.sides, strict=True))

    @property
    def measures(self) -> frozenset[str]:
        return frozenset(side.measure for side in self.sides)

    def refuse_unknown_currencies(self) -> None:
        """Raise Invalid (`currency_invalid`) for what is three capital letters, but no currency."""
        found = [
            Violation(f"{pointer}/currency/code", "currency_invalid", "This is not a code of ISO 4217 such as CNY.")
            for role, side in self.roles.items()
            for pointer in ["" if role == "value" else f"/{role}"]
            if side.currency is not None and side.currency.code not in CURRENCIES
        ]
        refuse_all(found)

    @classmethod
    def from_document(cls, document: object, *, pointer: str = "") -> "Metric":
        """Read a metric; raises Invalid naming every wrong place."""
        fields = Fields(document, pointer=pointer)
        key, name, unit = fields.text("key"), fields.text("name"), fields.text("unit")
        direction = fields.choice("direction", _DIRECTIONS)
        aggregation = fields.choice("aggregation", _AGGREGATIONS)
        missing = fields.nested("missing", Missing.from_document) if fields.has("missing") else Missing()
        level = fields.choice("level", _LEVELS, default="employee")
        freshness = fields.nested("freshness", Freshness.from_document) if fields.has("freshness") else None
        if aggregation == "ratio":
            sides = tuple(fields.nested(name, _ratio_side) for name in ("numerator", "denominator"))
        else:
            sides = (_read_side(fields, aggregation),)
        fields.done()
        return cls(key, name, unit, direction, aggregation, sides, missing, level, freshness)

    def to_document(self) -> dict[str, Any]:
        named = {"key": self.key, "name": self.name, "unit": self.unit, "direction": self.direction}
        if self.aggregation == "ratio":
            numerator, denominator = (side.to_document() for side in self.sides)
            over = {"aggregation": "ratio", "numerator": numerator, "denominator": denominator}
        else:
            over = self.sides[0].to_document()
        fresh = {} if self.freshness is None else {"freshness": self.freshness.to_document()}
        return {**named, **over, "level": self.level, "missing": self.missing.to_document(), **fresh}


def _ratio_side(document: object, pointer: str) -> Side:
    fields = Fields(document, pointer=pointer)
    side = _read_side(fields, fields.choice("aggregation", _RATIO_AGGREGATIONS))
    fields.done()
    return side


def _read_side(fields: Fields, aggregation: SideAggregation) -> Side:
    currency = fields.nested("currency", MetricCurrency.from_document) if fields.has("currency") else None
    if currency is not None and aggregation not in VALUED:
        fields.refuse("currency", "currency_of_a_count", "What is counted or rated has no currency.")
    return Side(
        measure=fields.text("measure"),
        aggregation=aggregation,
        filters=fields.nested("filters", _read_filters) if fields.has("filters") else {},
        credit=fields.choice("credit", _CREDITS, default="own_date"),
        distinct_by=fields.text("distinct_by") if aggregation == "count_distinct" else None,
        currency=currency,
    )


def _read_filters(document: object, pointer: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(document, Mapping):
        raise Invalid.at(pointer, "object_expected", "An object stands here.")
    wrong = [name for name, values in document.items() if not _are_texts(values)]
    refuse_all(
        [Violation(child(pointer, name), "filter_invalid", "A list of texts stands here.") for name in wrong],
    )
    return {str(name): tuple(values) for name, values in cast("Document", document).items()}


def _are_texts(values: object) -> bool:
    return isinstance(values, list | tuple) and bool(values) and all(isinstance(value, str) for value in values)
