"""Compares two sets of results: what a changed weight, rule or target would do to each person and to the grades."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.scoring.scorecard import Verdict
from shared.core.decimals import plain

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    subject: UUID
    before: Verdict
    after: Verdict

    @property
    def delta(self) -> Decimal | None:
        if self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def moved(self) -> bool:
        return self.before.grade != self.after.grade

    def to_document(self) -> dict[str, Any]:
        return {
            "subject": str(self.subject),
            "before": self.before.to_document(),
            "after": self.after.to_document(),
            "delta": None if self.delta is None else plain(self.delta),
            "moved": self.moved,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everybody's difference, and what they sum up to."""

    differences: tuple[Difference, ...]
    grades: tuple[str, ...]
    """From the best to the worst."""

    @property
    def moves(self) -> Counter[tuple[str | None, str | None]]:
        """How many go from which grade to which."""
        return Counter((each.before.grade, each.after.grade) for each in self.differences if each.moved)

    def summary(self) -> dict[str, Any]:
        rank = {grade: at for at, grade in enumerate(self.grades)}
        graded = [(rank[a], rank[b]) for a, b in self._graded_pairs()]
        return {
            "people": len(self.differences),
            "changed": sum(each.changed for each in self.differences),
            "raised": sum(1 for each in self.differences if each.delta is not None and each.delta > 0),
            "lowered": sum(1 for each in self.differences if each.delta is not None and each.delta < 0),
            "promoted": sum(after < before for before, after in graded),
            "demoted": sum(after > before for before, after in graded),
            "grades": list(self.grades),
            "grades_before": self._counts([each.before.grade for each in self.differences]),
            "grades_after": self._counts([each.after.grade for each in self.differences]),
            "moves": [{"from": a, "to": b, "people": n} for (a, b), n in sorted(self.moves.items(), key=str)],
        }

    def cost(self, bands: Mapping[str, Decimal]) -> dict[str, str]:
        """Give what people are paid by grade, before and after."""
        before = sum((bands.get(each.before.grade or "", _NOTHING) for each in self.differences), _NOTHING)
        after = sum((bands.get(each.after.grade or "", _NOTHING) for each in self.differences), _NOTHING)
        return {"before": plain(before), "after": plain(after), "delta": plain(after - before)}

    def _graded_pairs(self) -> list[tuple[str, str]]:
        pairs = [(each.before.grade, each.after.grade) for each in self.differences]
        return [(before, after) for before, after in pairs if before is not None and after is not None]

    def _counts(self, found: Sequence[str | None]) -> dict[str, int]:
        counted = Counter(found)
        return {**{grade: counted[grade] for grade in self.grades}, "ungraded": counted[None]}


def compare(before: Mapping[UUID, Verdict], after: Mapping[UUID, Verdict], *, grades: Sequence[str]) -> Comparison:
    """Compare results by scorecard; somebody absent from one side has nothing there."""
    nothing = Verdict(None, None)
    subjects = [*before, *(subject for subject in after if subject not in before)]
    differences = (Difference(each, before.get(each, nothing), after.get(each, nothing)) for each in subjects)
    return Comparison(tuple(differences), tuple(grades))


def compared(people: Sequence[Mapping[str, Any]], *, grades: Sequence[str]) -> Comparison:
    """Read back the differences of people as a simulation keeps them."""
    differences = (
        Difference(UUID(each["scorecard_id"]), *(Verdict.of_document(each[when]) for when in ("before", "after")))
        for each in people
    )
    return Comparison(tuple(differences), tuple(grades))
