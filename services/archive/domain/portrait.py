"""The portrait's judgement: competencies that were assessed, against what the position asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.archive.domain.position import Competency


@dataclass(frozen=True, slots=True)
class Assessment:
    """A level somebody showed on a day."""

    competency: str
    level: Decimal
    assessed_on: date


@dataclass(frozen=True, slots=True)
class Fit:
    """One competency: what is asked for, what was reached last, and the difference; None where not assessed."""

    competency: str
    required: int
    reached: Decimal | None = None
    assessed_on: date | None = None

    @property
    def gap(self) -> Decimal | None:
        """How much is missing; never below zero."""
        return None if self.reached is None else max(Decimal(0), self.required - self.reached)


def against_model(model: Iterable[Competency], assessments: Iterable[Assessment]) -> list[Fit]:
    """Compare the newest assessment of each competency with the highest level asked for."""
    required: dict[str, int] = {}
    for asked in model:
        required[asked.competency] = max(asked.level, required.get(asked.competency, 0))
    newest = {found.competency: found for found in sorted(assessments, key=lambda found: found.assessed_on)}
    return [
        Fit(name, level, newest[name].level, newest[name].assessed_on) if name in newest else Fit(name, level)
        for name, level in required.items()
    ]
