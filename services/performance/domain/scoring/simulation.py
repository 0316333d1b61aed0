"""Compares two sets of results: what a changed weight, rule or target would do to each person and to the grades."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.core.decimals import plain


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scorecard shows; None where there is none."""

    total: Decimal | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    subject: UUID
    before: Outcome
    after: Outcome

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
            "before": _outcome_document(self.before),
            "after": _outcome_document(self.after),
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
            "grades_before": self._counts([each.before.grade for each in self.differences]),
            "grades_after": self._counts([each.after.grade for each in self.differences]),
            "moves": [{"from": a, "to": b, "people": n} for (a, b), n in sorted(self.moves.items(), key=str)],
        }

    def _graded_pairs(self) -> list[tuple[str, str]]:
        pairs = [(each.before.grade, each.after.grade) for each in self.differences]
        return [(before, after) for before, after in pairs if before is not None and after is not None]

    def _counts(self, found: Sequence[str | None]) -> dict[str, int]:
        counted = Counter(found)
        return {**{grade: counted[grade] for grade in self.grades}, "ungraded": counted[None]}


@dataclass(frozen=True, slots=True)
class Simulation:
    """A comparison as it was found and kept; nothing else was touched."""

    id: UUID
    cycle_id: UUID
    scheme_id: UUID
    scheme_version: int
    summary: Mapping[str, Any]
    people: Sequence[Mapping[str, Any]]
    """Biggest change first."""
    created_by: str
    created_at: datetime


def compare(before: Mapping[UUID, Outcome], after: Mapping[UUID, Outcome], *, grades: Sequence[str]) -> Comparison:
    """Compare results by scorecard; somebody absent from one side has nothing there."""
    nothing = Outcome(None, None)
    subjects = [*before, *(subject for subject in after if subject not in before)]
    differences = (Difference(each, before.get(each, nothing), after.get(each, nothing)) for each in subjects)
    return Comparison(tuple(differences), tuple(grades))


def _outcome_document(outcome: Outcome) -> dict[str, Any]:
    return {"total": None if outcome.total is None else f"{outcome.total:f}", "grade": outcome.grade}
