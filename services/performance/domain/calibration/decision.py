"""What an adjustment may say: another grade of the person's scale, or another total, which brings its grade."""

from dataclasses import dataclass
from decimal import Decimal

from services.performance.domain.document import refuse_all
from services.performance.domain.schemes.rubric import TOTAL_PLACES, Rubric
from services.performance.domain.scoring.scorecard import Verdict
from shared.core.decimals import places
from shared.core.errors import Conflict, Invalid, Violation


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants; `from_grade` is the grade that person saw in force, where it matters."""

    reason: str
    grade: str | None = None
    total: Decimal | None = None
    from_grade: str | None = None

    def __post_init__(self) -> None:
        refuse_all(self._faults())

    def _faults(self) -> list[Violation]:
        faults = []
        if (self.grade is None) == (self.total is None):
            faults.append(Violation("", "calibration_ambiguous", "Send either a grade or a total."))
        if self.total is not None and places(self.total) > TOTAL_PLACES:
            faults.append(Violation("/total", "total_too_precise", "Totals have two places."))
        return faults

    def upon(self, before: Verdict, rubric: Rubric) -> tuple[Decimal | None, str]:
        """Give the total (None: whatever is in force) and the grade it leads to on a person's scale.

        Raises Invalid (`grade_unknown`, `total_out_of_range`), Conflict (`calibration_outdated`,
        `nothing_to_calibrate`).
        """
        if self.from_grade is not None and self.from_grade != before.grade:
            raise Conflict("calibration_outdated", f"The grade in force is {before.grade} by now.")
        total, grade = self._led_to(rubric)
        if (before.total if total is None else total, grade) == (before.total, before.grade):
            raise Conflict("nothing_to_calibrate", "That is in force already.")
        return total, grade

    def _led_to(self, rubric: Rubric) -> tuple[Decimal | None, str]:
        if self.total is None:
            if self.grade is None or self.grade not in {each.key for each in rubric.grades}:
                raise Invalid.at("/grade", "grade_unknown", "This grade is not on the person's scale.")
            return None, self.grade
        low, high = rubric.floor, rubric.cap
        if (low is not None and self.total < low) or (high is not None and self.total > high):
            raise Invalid.at("/total", "total_out_of_range", "This total is beyond the floor or the cap of the scheme.")
        return self.total, rubric.grade_of(self.total).key
