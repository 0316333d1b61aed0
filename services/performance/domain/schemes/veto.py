"""`veto` (否决): after weighting, a condition on a metric that zeroes an item, a dimension or the total, or caps it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from services.performance.domain.document import Fields
from services.performance.domain.rules.base import Fault
from services.performance.domain.rules.threshold import Threshold
from services.performance.domain.schemes.item import SchemeItem, known_metric
from services.performance.domain.schemes.metric import Metric
from shared.core.decimals import plain

ScopeKind = Literal["item", "dimension", "total"]
EffectKind = Literal["zero", "cap_score", "cap_grade"]
_SCOPES: tuple[ScopeKind, ...] = ("item", "dimension", "total")
_EFFECTS: tuple[EffectKind, ...] = ("zero", "cap_score", "cap_grade")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a veto acts on; `key` names the item or the dimension."""

    kind: ScopeKind
    key: str | None = None

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Scope":
        fields = Fields(document, pointer=pointer)
        kind = fields.choice("kind", _SCOPES)
        scope = cls(kind, None if kind == "total" else fields.text("key"))
        fields.done()
        return scope


@dataclass(frozen=True, slots=True)
class Effect:
    """What a veto leaves: at most `limit` points (0 of `zero`), or at best the grade `grade`."""

    kind: EffectKind
    limit: Decimal = Decimal(0)
    grade: str | None = None

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Effect":
        fields = Fields(document, pointer=pointer)
        kind = fields.choice("kind", _EFFECTS)
        limit = fields.decimal("limit") if kind == "cap_score" else Decimal(0)
        grade = fields.text("grade") if kind == "cap_grade" else None
        fields.done()
        return cls(kind, limit, grade)

    def to_document(self) -> dict[str, Any]:
        limit = {"limit": plain(self.limit)} if self.kind == "cap_score" else {}
        return {"kind": self.kind, **limit, **({"grade": self.grade} if self.grade else {})}


@dataclass(frozen=True, slots=True)
class Veto:
    """It fires on a known number only: what is missing never fires, and what is pending keeps the card pending.

    Limits are in the units of what they limit: points of an item, the weighted mean of a dimension's points (their sum
    on the weight basis), the total.
    """

    item: SchemeItem
    """The condition, as an item of one point."""
    scope: Scope
    effect: Effect

    @property
    def key(self) -> str:
        return self.item.key

    def faults(
        self, *, items: Collection[str], dimensions: Collection[str], grades: Collection[str]
    ) -> Iterator[Fault]:
        """Name what it refers to that the scheme does not have."""
        if self.scope.kind == "item" and self.scope.key not in items:
            yield "scope/key", "item_unknown", "There is no such item."
        if self.scope.kind == "dimension" and self.scope.key not in dimensions:
            yield "scope/key", "dimension_unknown", "No item has this dimension."
        if self.effect.kind == "cap_grade" and self.scope.kind != "total":
            yield "effect/kind", "grade_of_a_part", "Only the whole scorecard has a grade."
        if self.effect.grade is not None and self.effect.grade not in grades:
            yield "effect/grade", "grade_unknown", "The scheme has no such grade."

    def to_document(self) -> dict[str, Any]:
        rule, target = self.item.rule, self.item.default_target
        return {
            "key": self.key,
            "name": self.item.name,
            "metric": self.item.metric.key,
            "when": rule.own_document(),
            "scope": {"kind": self.scope.kind, **({"key": self.scope.key} if self.scope.key else {})},
            "effect": self.effect.to_document(),
            **({} if target is None else {"default_target": plain(target)}),
        }


def veto_reader(metrics: Mapping[str, Metric]) -> Callable[[object, str], Veto]:
    """Read vetoes over metrics among `metrics`."""

    def read(document: object, pointer: str) -> Veto:
        fields = Fields(document, pointer=pointer)
        item = SchemeItem(
            key=fields.text("key"),
            name=fields.text("name"),
            metric=fields.nested("metric", lambda key, at: known_metric(metrics, key, at)),
            weight=0,
            rule=fields.nested("when", Threshold.from_document),
            own_full_mark=Decimal(1),
            default_target=fields.optional_decimal("default_target"),
            role="veto",
        )
        scope = fields.nested("scope", Scope.from_document)
        veto = Veto(item, scope, fields.nested("effect", Effect.from_document))
        fields.done()
        return veto

    return read
