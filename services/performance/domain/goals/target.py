"""A target: the value to reach for a metric in a cycle, by the company, a department or a person."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from services.performance.domain.goals.division import Portion
from services.performance.domain.goals.target_proposal import PastYear
from services.performance.domain.texts import Texts
from shared.core.errors import Conflict, NotFound
from shared.core.ids import derived_id

SubjectKind = Literal["company", "department", "employee"]
Origin = Literal["business", "history", "manual", "none"]
"""Where a value comes from; `none` where nobody has said what to reach."""
MeantFor = Literal["full_time", "person", "workdays"]
"""Whom a target is meant for: anybody at full time or this person at the person's own hours, over a whole cycle, or
this person for as many full-time workdays as were known when it was divided by them."""


@dataclass(frozen=True, slots=True)
class TargetKey:
    """What a target is about; the company has no id."""

    metric: str
    subject_kind: SubjectKind
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What generation says about one target: the value, why, and how it compares with up to three years."""

    value: Decimal | None
    origin: Origin
    reason: Texts
    history: tuple[PastYear, ...] = ()
    deviation: Decimal | None = None
    """(value - mean) / mean of the history; None without a positive mean."""
    far_off: bool = False
    meant_for: MeantFor = "full_time"
    portion: Portion | None = None
    """Why so much of what was divided; None where nothing was."""


SET_BY_HAND = Texts("没有业务目标，也没有历史数据，请人工设定", "neither business target nor history: set it by hand")
NO_GOAL = Goal(None, "none", Texts("不再适用", "no longer applies"))
"""What is left of a target whose subject no longer holds the metric."""


@dataclass(frozen=True, slots=True)
class Held:
    """A value that held until a day, not including it."""

    until: date
    value: Decimal
    meant_for: MeantFor = "full_time"
    workdays: Fraction | None = None
    """How many full-time workdays it is meant for, where it was divided by them."""


@dataclass(frozen=True, slots=True)
class Target:
    id: UUID
    cycle_id: UUID
    key: TargetKey
    department_id: UUID | None
    """Where the subject belongs; None for the company."""
    goal: Goal
    unassigned: Decimal
    """The part that no target below has."""
    override: Decimal | None
    """Set by hand; stays through every new cascade."""
    override_reason: str | None
    proposed: Decimal | None
    """What the business wants instead, while that waits for HR's confirmation."""
    sequence: int
    created_at: datetime
    updated_at: datetime
    declined: Decimal | None = None
    """What the business wants and HR has left to a later cycle; not proposed again as long as the business wants it."""
    earlier: tuple[Held, ...] = ()
    """What held within the cycle before the value that holds now, in order; empty where that holds for all of it."""

    @property
    def value(self) -> Decimal | None:
        return self.goal.value if self.override is None else self.override

    def value_on(self, day: date) -> Decimal | None:
        """Give the value that holds, or held, on a day of the cycle."""
        held = next((held.value for held in self.earlier if day < held.until), None)
        return self.value if held is None else held

    @property
    def origin(self) -> Origin:
        return self.goal.origin if self.override is None else "manual"

    @property
    def meant_for(self) -> MeantFor:
        return self.goal.meant_for if self.override is None else "person"

    @property
    def workdays(self) -> Fraction | None:
        """How many full-time workdays the value is meant for, where it was divided by them."""
        portion = self.goal.portion
        return portion.weight if self.meant_for == "workdays" and portion is not None else None

    @classmethod
    def blank(cls, cycle_id: UUID, key: TargetKey, *, tenant_id: UUID, at: datetime) -> "Target":
        """Make a target that nothing is said about yet."""
        identity = derived_id("target", tenant_id, cycle_id, key.metric, key.subject_kind, key.subject_id)
        return cls(
            id=identity,
            cycle_id=cycle_id,
            key=key,
            department_id=None,
            goal=NO_GOAL,
            unassigned=Decimal(0),
            override=None,
            override_reason=None,
            proposed=None,
            sequence=0,
            created_at=at,
            updated_at=at,
        )

    def regenerated(
        self,
        goal: Goal,
        *,
        unassigned: Decimal,
        asked: Decimal | None,
        department_id: UUID | None,
        at: datetime,
    ) -> "Target | None":
        """Take what generation says now, or give None where that is nothing new.

        `asked` is what the business wants and HR must decide about, unless it has declined that very number.
        """
        proposed, declined = (None, asked) if asked == self.declined else (asked, None)
        said = (goal, unassigned, proposed, declined, department_id)
        held = (self.goal, self.unassigned, self.proposed, self.declined, self.department_id)
        if self.sequence and said == held:
            return None
        return replace(
            self,
            goal=goal,
            unassigned=unassigned,
            proposed=proposed,
            declined=declined,
            department_id=department_id,
            sequence=self.sequence + 1,
            updated_at=at,
        )

    def overridden(self, value: Decimal, reason: str, *, at: datetime) -> "Target":
        """Set the value by hand."""
        return replace(self, override=value, override_reason=reason, sequence=self.sequence + 1, updated_at=at)

    def lifted(self, *, at: datetime) -> "Target":
        """Let what is generated hold again. Raises Conflict (`override_missing`)."""
        if self.override is None:
            raise Conflict("override_missing", "This target is not set by hand.")
        return replace(self, override=None, override_reason=None, sequence=self.sequence + 1, updated_at=at)

    def require_in(self, cycle_id: UUID) -> None:
        """Raise NotFound for a target of another cycle."""
        if self.cycle_id != cycle_id:
            raise NotFound.of("target")

    def left_alone(self, *, at: datetime) -> "Target":
        """Keep the value in this cycle, whatever the business wants. Raises Conflict (`nothing_to_confirm`)."""
        self.require_proposal()
        return replace(self, proposed=None, declined=self.proposed, sequence=self.sequence + 1, updated_at=at)

    def require_proposal(self) -> None:
        """Raise Conflict (`nothing_to_confirm`) where the business wants nothing else."""
        if self.proposed is None:
            raise Conflict("nothing_to_confirm", "No change of this target waits for a confirmation.")
