"""A calibration session: who decides about whose grades, and what was decided, undone and confirmed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.performance.domain.calibration.calibration import Calibration, Role
from services.performance.domain.calibration.populations import Standing
from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.scoring.scorecard import Verdict
from shared.core.errors import Conflict

SessionState = Literal["open", "applied", "withdrawn"]
AdjustmentState = Literal["drafted", "applied", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: an account, and the role in which it does."""

    account: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """While `open` its adjustments are drafts; once `applied` they are in force; `withdrawn` ones stay as history."""

    id: UUID
    cycle_id: UUID
    name: str
    department_id: UUID | None
    """Whose people it is about, with what is below; None for the whole company."""
    participants: tuple[UUID, ...]
    """Who sat at the table; it gives them no rights."""
    state: SessionState
    opened_by: str
    sequence: int
    created_at: datetime
    updated_at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None

    def is_about(self, department_id: UUID, *, tree: DepartmentTree) -> bool:
        """Tell whether it is about people of a department, by the cycle's tree."""
        return self.department_id is None or self.department_id in tree.line(department_id)

    def require_open(self) -> None:
        """Raise Conflict (`calibration_closed`)."""
        if self.state != "open":
            raise Conflict("calibration_closed", f"This session is {self.state}.")

    def touched(self, *, at: datetime) -> "Session":
        """Count a change of one of its adjustments."""
        return replace(self, sequence=self.sequence + 1, updated_at=at)

    def applied(self, *, by: Decider, at: datetime) -> "Session":
        self.require_open()
        return replace(self.touched(at=at), state="applied", closed_by=by.account, closed_at=at)

    def withdrawn(self, *, by: Decider, at: datetime) -> "Session":
        if self.state == "withdrawn":
            raise Conflict("calibration_withdrawn", "This session is withdrawn already.")
        return replace(self.touched(at=at), state="withdrawn", closed_by=by.account, closed_at=at)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One person's grade, or total and grade, as decided by hand beside the computed result."""

    id: UUID
    session_id: UUID
    cycle_id: UUID
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    state: AdjustmentState
    computed: Verdict
    """What was computed when it was decided."""
    before: Verdict
    """What was in force then."""
    to_total: Decimal | None
    """None leaves whatever total is in force."""
    to_grade: str
    reason: str
    role: Role
    decided_by: str
    created_at: datetime
    reviewed: Verdict | None = None
    """What was computed when it was confirmed afterwards."""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    applied_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_standing(self) -> bool:
        return self.state != "withdrawn"

    def is_stale(self, computed: Verdict) -> bool:
        """Tell whether something else is computed now than whoever decided or confirmed it has seen."""
        return self.is_standing and computed not in (self.computed, self.reviewed)

    @property
    def calibration(self) -> Calibration:
        """What it decides, without what it was decided upon."""
        return Calibration(self.session_id, self.role, self.reason, self.created_at, self.to_total, self.to_grade)

    def applied(self, *, at: datetime) -> "Adjustment":
        return replace(self, state="applied", applied_at=at)

    def withdrawn(self, *, by: Decider, at: datetime) -> "Adjustment":
        """Undo it; raises Conflict (`calibration_withdrawn`)."""
        self._require_standing()
        return replace(self, state="withdrawn", withdrawn_by=by.account, withdrawn_at=at)

    def confirmed(self, computed: Verdict, *, by: Decider, at: datetime) -> "Adjustment":
        """Keep it in the face of another computed result; raises Conflict (`calibration_withdrawn`)."""
        self._require_standing()
        return replace(self, reviewed=computed, reviewed_by=by.account, reviewed_at=at)

    def _require_standing(self) -> None:
        if not self.is_standing:
            raise Conflict("calibration_withdrawn", "This adjustment is withdrawn already.")


def last_applied(adjustments: Iterable[Adjustment]) -> Mapping[UUID, Adjustment]:
    """Give by scorecard the adjustment that came into force last."""
    return {each.scorecard_id: each for each in _applied(adjustments)}


def in_force(adjustments: Iterable[Adjustment], *, drafts: Iterable[Adjustment] = ()) -> Mapping[UUID, Calibration]:
    """Give by scorecard what calibrates it, or would with some drafts as well."""
    found: dict[UUID, Calibration] = {}
    for each in (*_applied(adjustments), *drafts):
        found[each.scorecard_id] = each.calibration.upon(found.get(each.scorecard_id))
    return found


def _applied(adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """Give what holds in the order in which it came into force."""
    applied = [(each.applied_at, each) for each in adjustments if each.state == "applied" and each.applied_at]
    return [each for _, each in sorted(applied, key=lambda pair: pair[0])]


def calibrated(people: Sequence[Standing], holding: Mapping[UUID, Calibration]) -> list[Standing]:
    """Lay calibrations, by scorecard, over what is computed."""
    return [
        replace(person, in_force=holding[person.scorecard_id].over(person.computed))
        if person.scorecard_id in holding
        else person
        for person in people
    ]


def visible_to(viewer: UUID | None, adjustments: Iterable[Adjustment], *, published: bool) -> list[Adjustment]:
    """Leave out what is about the viewer: nobody learns their own calibrated grade before it is published."""
    return [each for each in adjustments if published or viewer is None or each.employee_id != viewer]


def refuse_stale(adjustments: Iterable[Adjustment], computed: Mapping[UUID, Verdict]) -> None:
    """Raise Conflict (`calibrations_stale`) where others are computed by now, by scorecard, than were decided upon."""
    stale = [each for each in adjustments if each.is_stale(computed[each.scorecard_id])]
    if stale:
        named = ", ".join(str(each.id) for each in stale[:_NAMED])
        detail = f"{len(stale)} adjustments were decided on other results than are computed now: {named}."
        raise Conflict("calibrations_stale", detail)


_NAMED = 10
