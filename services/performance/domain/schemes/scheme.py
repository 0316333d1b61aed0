"""A scheme version: the weighted items, what their points mean, and the rubric above them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from services.performance.domain.document import Fields, refuse_all
from services.performance.domain.rules import Rule, rule_from_document
from services.performance.domain.rules.base import Fault
from services.performance.domain.schemes.metric import FULL_WEIGHT, Metric
from services.performance.domain.schemes.rubric import DEFAULT_RUBRIC, Rubric
from shared.core.decimals import plain
from shared.core.errors import Invalid, Violation

PointsBasis = Literal["item", "weight"]
_BASES: tuple[PointsBasis, ...] = ("item", "weight")
ITEM_MARK = Decimal(100)
BASIS_POINTS_A_POINT = 100
"""Where points follow the weight, an item of 60 % is worth 60 points."""


@dataclass(frozen=True, slots=True)
class SchemeItem:
    key: str
    name: str
    metric: Metric
    weight: int
    """Basis points."""
    rule: Rule
    own_full_mark: Decimal | None = None
    """The points a rule's numbers are written out of, where the author states it."""
    default_target: Decimal | None = None
    dimension: str | None = None

    def full_mark(self, basis: PointsBasis) -> Decimal:
        """Give `S`: as stated, else 100 on the item basis and the weight itself on the weight basis."""
        if self.own_full_mark is not None:
            return self.own_full_mark
        return ITEM_MARK if basis == "item" else Decimal(self.weight) / BASIS_POINTS_A_POINT

    def to_document(self) -> dict[str, Any]:
        optional = {
            "full_mark": self.own_full_mark and plain(self.own_full_mark),
            "default_target": None if self.default_target is None else plain(self.default_target),
            "dimension": self.dimension,
        }
        return {
            "key": self.key,
            "name": self.name,
            "metric": self.metric.key,
            "weight": self.weight,
            "rule": self.rule.to_document(),
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scheme, its metrics resolved."""

    items: tuple[SchemeItem, ...]
    points_basis: PointsBasis = "item"
    rubric: Rubric = DEFAULT_RUBRIC

    @classmethod
    def from_document(cls, document: object, *, metrics: Mapping[str, Metric], pointer: str = "") -> "Scheme":
        """Read a version whose items name metrics among `metrics`; raises Invalid naming every wrong place."""
        fields = Fields(document, pointer=pointer)
        basis = fields.choice("points_basis", _BASES, default="item")
        items = fields.each("items", _item_reader(metrics))
        rubric = Rubric.read(fields)
        fields.done()
        scheme = cls(items, basis, rubric)
        for fault in scheme._faults():
            fields.refuse(*fault)
        fields.done()
        return scheme

    def to_document(self) -> dict[str, Any]:
        items = [item.to_document() for item in self.items]
        return {"points_basis": self.points_basis, "items": items, **self.rubric.to_document()}

    @property
    def weights(self) -> dict[str, int]:
        return {item.key: item.weight for item in self.items}

    def with_weights(self, weights: object, *, pointer: str = "") -> "Scheme":
        """Make the version whose items carry other weights.

        On the weight basis full marks are pinned to what they were, so that points follow the weights.
        """
        checked = checked_weights(self, weights, pointer=pointer)
        items = tuple(replace(item, weight=checked[item.key], own_full_mark=self._pinned(item)) for item in self.items)
        return replace(self, items=items)

    def _pinned(self, item: SchemeItem) -> Decimal | None:
        return item.own_full_mark if self.points_basis == "item" else item.full_mark("weight")

    def _faults(self) -> Iterator[Fault]:
        yield from self._item_faults()
        total = sum(item.weight for item in self.items)
        if total != FULL_WEIGHT:
            yield "items", "weights_not_whole", f"Weights sum to {FULL_WEIGHT} basis points, not to {total}."
        yield from self.rubric.faults()

    def _item_faults(self) -> Iterator[Fault]:
        keys = [item.key for item in self.items]
        for at, item in enumerate(self.items):
            if item.key in keys[:at]:
                yield f"items/{at}/key", "item_duplicate", "Each item has a key of its own."
            direction = item.metric.direction
            for field, code, detail in item.rule.faults(
                full_mark=item.full_mark(self.points_basis), direction=direction
            ):
                yield f"items/{at}/rule/{field}", code, detail
            if item.default_target is not None and item.default_target <= 0 and item.rule.target_need == "positive":
                yield f"items/{at}/default_target", "target_not_positive", "This rule divides by its target."


def checked_weights(scheme: Scheme, weights: object, *, pointer: str = "") -> dict[str, int]:
    """Read weights that replace the scheme's: the same items, each at least 1, 10,000 basis points together."""
    fields = Fields(weights, pointer=pointer)
    read = {item.key: fields.integer(item.key, low=1, high=FULL_WEIGHT) for item in scheme.items}
    fields.done()
    total = sum(read.values())
    if total != FULL_WEIGHT:
        detail = f"Weights sum to {FULL_WEIGHT} basis points, not to {total}."
        refuse_all([Violation(pointer, "weights_not_whole", detail)])
    return read


def _item_reader(metrics: Mapping[str, Metric]) -> Callable[[object, str], SchemeItem]:
    def read(document: object, pointer: str) -> SchemeItem:
        fields = Fields(document, pointer=pointer)
        item = SchemeItem(
            key=fields.text("key"),
            name=fields.text("name"),
            metric=fields.nested("metric", lambda key, at: _known(metrics, key, at)),
            weight=fields.integer("weight", low=1, high=FULL_WEIGHT),
            rule=fields.nested("rule", rule_from_document),
            own_full_mark=fields.optional_decimal("full_mark"),
            default_target=fields.optional_decimal("default_target"),
            dimension=fields.text("dimension") if fields.has("dimension") else None,
        )
        if item.own_full_mark is not None and item.own_full_mark <= 0:
            fields.refuse("full_mark", "full_mark_not_positive", "A full mark is above zero.")
        fields.done()
        return item

    return read


def _known(metrics: Mapping[str, Metric], key: object, pointer: str) -> Metric:
    if not isinstance(key, str) or key not in metrics:
        raise Invalid.at(pointer, "metric_unknown", "There is no such metric.")
    return metrics[key]
