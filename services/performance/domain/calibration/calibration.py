"""What calibrates a result: all decisions about it that hold, laid over each other. Said here and nowhere else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.performance.domain.scoring.scorecard import Verdict

Role = Literal["hr", "admin"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The last decision that holds, with the last total that any of them sets."""

    session_id: UUID
    role: Role
    reason: str
    decided_at: datetime
    total: Decimal | None
    """None leaves the total that holds without it."""
    grade: str

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Calibration":
        """Read one as the database writes it."""
        total = document["total"]
        read = {
            "session_id": UUID(document["session_id"]),
            "decided_at": datetime.fromisoformat(document["decided_at"]),
            "total": None if total is None else Decimal(total),
        }
        return cls(**{**document, **read})

    def upon(self, former: "Calibration | None") -> "Calibration":
        """Lay it over what held before."""
        return self if former is None or self.total is not None else replace(self, total=former.total)

    def over(self, computed: Verdict) -> Verdict:
        """Give what is in force with it; what has no grade cannot be calibrated."""
        if computed.grade is None:
            return computed
        return Verdict(computed.total if self.total is None else self.total, self.grade)


def combined(calibrations: Iterable[Calibration]) -> Calibration | None:
    """Lay what holds over each other, in the order in which it came into force."""
    found = None
    for each in calibrations:
        found = each.upon(found)
    return found


def effective(calibration: Calibration | None, computed: Verdict) -> Calibration | None:
    """Give what calibrates a result, if anything does; a result without a grade stands as it is computed."""
    return None if computed.grade is None else calibration


def verdict_with(calibration: Calibration | None, computed: Verdict) -> Verdict:
    """Give what is in force, calibrated or not."""
    return computed if calibration is None else calibration.over(computed)
