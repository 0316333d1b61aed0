"""A scheme version: the weighted items, what acts beside and above them, and the rubric that grades the sum."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from services.performance.domain.document import Fields, refuse_all
from services.performance.domain.rules.base import Fault
from services.performance.domain.schemes.item import PointsBasis, SchemeItem, item_reader
from services.performance.domain.schemes.metric import FULL_WEIGHT, Metric
from services.performance.domain.schemes.rubric import DEFAULT_RUBRIC, Rubric
from services.performance.domain.schemes.veto import Scope, Veto, veto_reader
from shared.core.errors import Violation

COUNTING_PARTS = ("items", "bonuses", "penalties", "vetoes")
"""The parts of a version's document whose elements name a metric."""
MOST_COUNTED = 100
"""Items, bonuses, penalties and vetoes of a version together: several times what anybody can be led by."""
_BASES: tuple[PointsBasis, ...] = ("item", "weight")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scheme, its metrics resolved."""

    items: tuple[SchemeItem, ...]
    points_basis: PointsBasis = "item"
    rubric: Rubric = DEFAULT_RUBRIC
    bonuses: tuple[SchemeItem, ...] = ()
    penalties: tuple[SchemeItem, ...] = ()
    vetoes: tuple[Veto, ...] = ()

    @classmethod
    def from_document(cls, document: object, *, metrics: Mapping[str, Metric], pointer: str = "") -> "Scheme":
        """Read a version whose items name metrics among `metrics`; raises Invalid naming every wrong place."""
        fields = Fields(document, pointer=pointer)
        scheme = cls._read(fields, metrics)
        for fault in scheme.faults():
            fields.refuse(*fault)
        fields.done()
        return scheme

    @classmethod
    def accepted(cls, document: object, *, metrics: Mapping[str, Metric]) -> "Scheme":
        """Read a version as it was accepted, whatever is refused of new ones by now."""
        return cls._read(Fields(document, pointer=""), metrics)

    @classmethod
    def _read(cls, fields: Fields, metrics: Mapping[str, Metric]) -> "Scheme":
        scheme = cls(
            points_basis=fields.choice("points_basis", _BASES, default="item"),
            items=fields.each("items", item_reader(metrics)),
            bonuses=fields.optional_each("bonuses", item_reader(metrics, role="bonus")),
            penalties=fields.optional_each("penalties", item_reader(metrics, role="penalty")),
            vetoes=fields.optional_each("vetoes", veto_reader(metrics)),
            rubric=Rubric.read(fields),
        )
        fields.done()
        return scheme

    def to_document(self) -> dict[str, Any]:
        beside: dict[str, Sequence[SchemeItem | Veto]] = {
            "bonuses": self.bonuses,
            "penalties": self.penalties,
            "vetoes": self.vetoes,
        }
        return {
            "points_basis": self.points_basis,
            "items": [item.to_document() for item in self.items],
            **{name: [each.to_document() for each in listed] for name, listed in beside.items() if listed},
            **self.rubric.to_document(),
        }

    @property
    def weights(self) -> dict[str, int]:
        return {item.key: item.weight for item in self.items}

    @property
    def adjustments(self) -> tuple[SchemeItem, ...]:
        """What adds to the weighted sum or takes from it."""
        return (*self.bonuses, *self.penalties)

    @property
    def overall(self) -> tuple[SchemeItem, ...]:
        """What acts once on a whole scorecard: adjustments, and the conditions of vetoes."""
        return (*self.adjustments, *(veto.item for veto in self.vetoes))

    @property
    def counted(self) -> tuple[SchemeItem, ...]:
        """Everything that needs a metric's actual."""
        return (*self.items, *self.overall)

    def with_weights(self, weights: object, *, pointer: str = "") -> "Scheme":
        """Make the version whose items carry other weights.

        On the weight basis full marks are pinned to what they were, so that points follow the weights.
        """
        checked = checked_weights(self, weights, pointer=pointer)
        items = tuple(replace(item, weight=checked[item.key], own_full_mark=self._pinned(item)) for item in self.items)
        return replace(self, items=items)

    def _pinned(self, item: SchemeItem) -> Decimal | None:
        return item.own_full_mark if self.points_basis == "item" else item.full_mark("weight")

    def faults(self) -> Iterator[Fault]:
        """Name every place that is wrong, though it can be read."""
        for place, item in self._placed():
            yield from ((f"{place}/{field}", code, detail) for field, code, detail in item.faults(self.points_basis))
        yield from self._duplicates()
        if len(self.counted) > MOST_COUNTED:
            yield (
                "items",
                "too_many_items",
                f"A version counts at most {MOST_COUNTED} things, and not {len(self.counted)}.",
            )
        total = sum(item.weight for item in self.items)
        if total != FULL_WEIGHT:
            yield "items", "weights_not_whole", f"Weights sum to {FULL_WEIGHT} basis points, not to {total}."
        yield from self._veto_faults()
        yield from self.rubric.faults()

    def _placed(self) -> Iterator[tuple[str, SchemeItem]]:
        listed = {"items": self.items, "bonuses": self.bonuses, "penalties": self.penalties}
        conditions = tuple(veto.item for veto in self.vetoes)
        for name, items in (listed | {"vetoes": conditions}).items():
            yield from ((f"{name}/{at}", item) for at, item in enumerate(items))

    def _duplicates(self) -> Iterator[Fault]:
        keys: set[str] = set()
        for place, item in self._placed():
            if item.key in keys:
                yield f"{place}/key", "item_duplicate", "Each item has a key of its own."
            keys.add(item.key)

    def _veto_faults(self) -> Iterator[Fault]:
        dimensions = {item.dimension for item in self.items if item.dimension is not None}
        grades = {grade.key for grade in self.rubric.grades}
        for at, veto in enumerate(self.vetoes):
            found = veto.faults(items=self.weights, dimensions=dimensions, grades=grades)
            yield from ((f"vetoes/{at}/{field}", code, detail) for field, code, detail in found)
            if veto.effect.limit < self._least(veto.scope):
                yield f"vetoes/{at}/effect/limit", "limit_below_floor", "Without the veto nothing comes to less."

    def _least(self, scope: Scope) -> Decimal:
        """Give the least that floors let what a veto limits come to; 0 where they lie higher."""
        if scope.kind == "total":
            return min(self.rubric.floor or _NOTHING, _NOTHING)
        limited = [item for item in self.items if scope.key == (item.key if scope.kind == "item" else item.dimension)]
        floors = [item.least(self.points_basis) for item in limited]
        return sum(floors, _NOTHING) if self.points_basis == "weight" else min([_NOTHING, *floors])


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
