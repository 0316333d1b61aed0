"""What turns the weighted sum of a scorecard into its total and grade: floor, cap, one rounding, grade scale."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from services.performance.domain.document import Fields
from services.performance.domain.exact import IntArray, Rationals
from services.performance.domain.rules.base import Fault
from services.performance.domain.texts import Texts
from shared.core.decimals import places, plain, to_scaled

TOTAL_PLACES = 2


@dataclass(frozen=True, slots=True)
class Grade:
    key: str
    name: Texts
    at_least: Decimal | None
    """Lowest total of this grade; None for the last, which takes whatever is left."""

    @classmethod
    def from_document(cls, document: object, pointer: str) -> "Grade":
        fields = Fields(document, pointer=pointer)
        key = fields.text("key")
        name = fields.nested("name", lambda value, at: Texts.from_document(value, pointer=at))
        grade = cls(key, name, fields.optional_decimal("at_least"))
        fields.done()
        return grade

    def to_document(self) -> dict[str, Any]:
        at_least = None if self.at_least is None else plain(self.at_least)
        return {"key": self.key, "name": self.name.to_document(), "at_least": at_least}


DEFAULT_GRADES = (
    Grade("excellent", Texts("优秀", "Excellent"), Decimal(90)),
    Grade("good", Texts("良好", "Good"), Decimal(80)),
    Grade("fair", Texts("合格", "Fair"), Decimal(60)),
    Grade("poor", Texts("待改进", "Poor"), None),
)


@dataclass(frozen=True, slots=True)
class Rubric:
    floor: Decimal | None = Decimal(0)
    cap: Decimal | None = None
    grades: tuple[Grade, ...] = DEFAULT_GRADES
    """From the best to the worst."""

    @classmethod
    def read(cls, fields: Fields) -> "Rubric":
        """Take `total_floor`, `total_cap` and `grades` out of a scheme version's document."""
        floor = fields.decimal("total_floor", default=Decimal(0))
        cap = fields.optional_decimal("total_cap")
        grades = fields.each("grades", Grade.from_document) if fields.has("grades") else DEFAULT_GRADES
        return cls(floor, cap, grades)

    def faults(self) -> Iterator[Fault]:
        if self.cap is not None and self.floor is not None and self.cap <= self.floor:
            yield "total_cap", "cap_below_floor", "The cap lies above the floor."
        keys = [grade.key for grade in self.grades]
        for at, (key, edge) in enumerate(zip(keys, self._edges(), strict=True)):
            last = at == len(keys) - 1
            if key in keys[:at]:
                yield f"grades/{at}/key", "grade_duplicate", "Each grade has a key of its own."
            if (edge is None) != last:
                yield f"grades/{at}/at_least", "grade_open", "The last grade, and no other, takes whatever is left."
            elif edge is not None and places(edge) > TOTAL_PLACES:
                yield f"grades/{at}/at_least", "grade_too_precise", "Totals, and so grades, have two places."
        for at, (better, worse) in enumerate(pairwise(self._edges()), start=1):
            if better is not None and worse is not None and worse >= better:
                yield f"grades/{at}/at_least", "grade_order", "Grades run from the best to the worst."

    def to_document(self) -> dict[str, Any]:
        return {
            "total_floor": None if self.floor is None else plain(self.floor),
            "total_cap": None if self.cap is None else plain(self.cap),
            "grades": [grade.to_document() for grade in self.grades],
        }

    def floored(self, sums: Rationals) -> Rationals:
        """Lift what lies below the floor; a veto comes after and may leave less."""
        return sums if self.floor is None else sums.at_least(Rationals.of(self.floor))

    def totals(self, sums: Rationals) -> IntArray:
        """Cap, then round once: totals in hundredths."""
        if self.cap is not None:
            sums = sums.at_most(Rationals.of(self.cap))
        return sums.rounded(TOTAL_PLACES)

    def grades_of(self, totals: IntArray) -> IntArray:
        """Give each total (in hundredths) the index of its grade."""
        rising = [to_scaled(edge, TOTAL_PLACES) for edge in reversed(self._edges()) if edge is not None]
        reached = np.searchsorted(np.array(rising, dtype=totals.dtype), totals, side="right")
        return len(self.grades) - 1 - reached

    def grade_of(self, total: Decimal) -> Grade:
        return self.grades[int(self.grades_of(np.array([to_scaled(total, TOTAL_PLACES)]))[0])]

    def _edges(self) -> list[Decimal | None]:
        return [grade.at_least for grade in self.grades]


DEFAULT_RUBRIC = Rubric()
