"""What follows a result: a head's feedback, and the plan with which the person answers it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.core.errors import Conflict
from shared.core.separation import refuse_own

ImprovementState = Literal["submitted", "accepted", "done"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a head says about a scorecard."""

    id: UUID
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    author_id: UUID
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Goal:
    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ImprovementPlan:
    """What a person sets out to do after a result, until a head agrees."""

    id: UUID
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    goals: tuple[Goal, ...]
    state: ImprovementState
    accepted_by: UUID | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    def accepted(self, by: UUID, *, at: datetime) -> "ImprovementPlan":
        """Agree to the plan.

        Raises Forbidden (`separation_of_duties`), Conflict (`improvement_plan_accepted`) where that was done before.
        """
        refuse_own(by, self.employee_id)
        if self.state != "submitted":
            raise Conflict("improvement_plan_accepted", "This plan is accepted already.")
        return replace(self, state="accepted", accepted_by=by, sequence=self.sequence + 1, updated_at=at)
