"""What a scheme counts: weighted items, and bonuses and penalties beside them, each a metric under a rule."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from services.performance.domain.document import Fields
from services.performance.domain.exact import Rationals
from services.performance.domain.rules import Basis, Rule, rule_from_document
from services.performance.domain.rules.base import Direction, Fault
from services.performance.domain.schemes.metric import FULL_WEIGHT, Metric
from shared.core.decimals import plain
from shared.core.errors import Invalid

PointsBasis = Literal["item", "weight"]
Role = Literal["weighted", "bonus", "penalty", "veto"]
ITEM_MARK = Decimal(100)
BASIS_POINTS_A_POINT = 100
"""Where points follow the weight, an item of 60 % is worth 60 points."""
_AGAINST: Mapping[Direction, Direction] = {"higher": "lower", "lower": "higher"}


@dataclass(frozen=True, slots=True)
class SchemeItem:
    key: str
    name: str
    metric: Metric
    weight: int
    """Basis points; 0 of what is not weighted."""
    rule: Rule
    own_full_mark: Decimal | None = None
    """The points a rule's numbers are written out of, where the author states it."""
    default_target: Decimal | None = None
    dimension: str | None = None
    role: Role = "weighted"

    @property
    def direction(self) -> Direction:
        """Give where more points lie: a penalty takes the more, the worse the actual is."""
        return _AGAINST[self.metric.direction] if self.role == "penalty" else self.metric.direction

    def full_mark(self, basis: PointsBasis) -> Decimal:
        """Give `S`: as stated, else 100 on the item basis and the weight itself on the weight basis."""
        if self.own_full_mark is not None:
            return self.own_full_mark
        return ITEM_MARK if basis == "item" else Decimal(self.weight) / BASIS_POINTS_A_POINT

    def least(self, basis: PointsBasis) -> Decimal:
        """Give the fewest points it can come to; 0 where its floor lies higher."""
        floor = min(self.rule.floor, Decimal(0))
        return floor if basis == "item" else floor * self.weight / BASIS_POINTS_A_POINT / self.full_mark(basis)

    def faults(self, basis: PointsBasis) -> Iterator[Fault]:
        """Name what is wrong with it by itself."""
        for field, code, detail in self.rule.faults(full_mark=self.full_mark(basis), direction=self.direction):
            yield f"rule/{field}", code, detail
        if self.role != "weighted" and self.metric.level == "department":
            yield "metric", "level_of_a_part", "What acts on a whole scorecard counts the person's or the company's."
        if self.role in {"bonus", "penalty"} and self.rule.floor < 0:
            yield "rule/floor", "points_negative", "Points are not negative."
        if self.default_target is not None:
            yield from self._target_faults(self.default_target, self.full_mark(basis))

    def _target_faults(self, target: Decimal, full_mark: Decimal) -> Iterator[Fault]:
        """Name why the rule cannot use its own default target; the order of relative places is no fault of it."""
        need, scale = self.rule.target_need, self.rule.scale
        compiled = Basis(Rationals.of(full_mark), self.direction, Rationals.of(target))
        if need == "positive" and target <= 0:
            yield "default_target", "target_not_positive", "This rule divides by its target."
        elif need == "present" and self.rule.misplaced(compiled).any():
            yield "default_target", "target_unusable", "It lies on the worse side of the rule's other place."
        elif scale is not None and not scale[0] <= target <= scale[1]:
            yield "default_target", "target_unusable", "It lies off the rule's scale."

    def to_document(self) -> dict[str, Any]:
        optional = {
            "weight": self.weight or None,
            "full_mark": self.own_full_mark and plain(self.own_full_mark),
            "default_target": None if self.default_target is None else plain(self.default_target),
            "dimension": self.dimension,
        }
        return {
            "key": self.key,
            "name": self.name,
            "metric": self.metric.key,
            "rule": self.rule.to_document(),
            **{name: value for name, value in optional.items() if value is not None},
        }


def item_reader(metrics: Mapping[str, Metric], *, role: Role = "weighted") -> Callable[[object, str], SchemeItem]:
    """Read items of a role; one that is not weighted states its full mark, the most it may add or take."""
    weighted = role == "weighted"

    def read(document: object, pointer: str) -> SchemeItem:
        fields = Fields(document, pointer=pointer)
        item = SchemeItem(
            key=fields.text("key"),
            name=fields.text("name"),
            metric=fields.nested("metric", lambda key, at: known_metric(metrics, key, at)),
            weight=fields.integer("weight", low=1, high=FULL_WEIGHT) if weighted else 0,
            rule=fields.nested("rule", rule_from_document),
            own_full_mark=fields.optional_decimal("full_mark") if weighted else fields.decimal("full_mark"),
            default_target=fields.optional_decimal("default_target"),
            dimension=fields.text("dimension") if weighted and fields.has("dimension") else None,
            role=role,
        )
        if item.own_full_mark is not None and item.own_full_mark <= 0 and fields.has("full_mark"):
            fields.refuse("full_mark", "full_mark_not_positive", "A full mark is above zero.")
        fields.done()
        return item

    return read


def known_metric(metrics: Mapping[str, Metric], key: object, pointer: str) -> Metric:
    """Find a metric by its key. Raises Invalid (`metric_unknown`)."""
    if not isinstance(key, str) or key not in metrics:
        raise Invalid.at(pointer, "metric_unknown", "There is no such metric.")
    return metrics[key]
