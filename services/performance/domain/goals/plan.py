"""A department's goal setting in a cycle: who may adjust, submit, approve or return it, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.performance.domain.schemes.assignment import Version, version_key
from shared.core.errors import Conflict, Forbidden, Invalid
from shared.core.separation import refuse_own

PlanState = Literal["draft", "submitted", "returned", "approved", "defaulted"]
Act = Literal["adjust", "submit", "approve", "return", "default"]

OWED: frozenset[PlanState] = frozenset({"draft", "returned"})
"""While the department still owes a submission."""
DECIDABLE: frozenset[PlanState] = frozenset({"submitted", "defaulted"})
_FROM: Mapping[Act, frozenset[PlanState]] = {
    "adjust": frozenset({"draft", "returned", "defaulted"}),
    "submit": frozenset({"draft", "returned", "defaulted"}),
    "approve": DECIDABLE,
    "return": frozenset({"submitted"}),
    "default": OWED,
}
"""From which states each act is possible. A late head may still submit a defaulted plan until HR confirms it."""

_REFUSALS: Mapping[Act, tuple[str, str]] = {
    "adjust": ("plan_not_editable", "This plan is submitted or approved and cannot be adjusted."),
    "submit": ("plan_not_submittable", "This plan is submitted or approved already."),
    "approve": ("plan_not_submitted", "Only a submitted or defaulted plan can be approved."),
    "return": ("plan_not_submitted", "Only a submitted plan can be returned."),
    "default": ("plan_not_open", "Only a plan that nobody submitted takes its defaults."),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, and what that person is by appointment."""

    employee_id: UUID
    is_hr: bool = False
    is_general_manager: bool = False

    @property
    def decides(self) -> bool:
        """Whether this is somebody who decides about plans of others."""
        return self.is_hr or self.is_general_manager


@dataclass(frozen=True, slots=True)
class People:
    """The department's people on the day of the act."""

    heads: frozenset[UUID]
    """Head and acting heads of this very department."""
    members: frozenset[UUID] = frozenset()
    """Who is scored under the plan, and so cannot approve it."""


@dataclass(frozen=True, slots=True)
class Plan:
    id: UUID
    cycle_id: UUID
    department_id: UUID
    state: PlanState
    due_on: date
    weights: Mapping[str, Mapping[str, int]]
    """Weights that replace a scheme's, in basis points by item, by scheme id."""
    sequence: int
    created_at: datetime
    updated_at: datetime
    submitted_by: UUID | None = None
    submitted_at: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    comment: str | None = None
    former_weights: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Those that hold on for the days of a former version alone, by `scheme id/version`."""

    @property
    def is_open(self) -> bool:
        """Whether the department still owes a submission."""
        return self.state in OWED

    @property
    def is_settled(self) -> bool:
        return self.state == "approved"

    def is_late(self, today: date) -> bool:
        return self.is_open and today > self.due_on

    def may_be_submitted_by(self, actor: Actor, people: People) -> bool:
        """Tell whether it is theirs to submit."""
        return actor.employee_id in people.heads

    def may_be_decided_by(self, actor: Actor, people: People) -> bool:
        """Tell whether it is theirs to decide: HR's, and the general manager's where HR would decide about itself."""
        return actor.decides and actor.employee_id not in self._concerned(people)

    def adjusted(
        self, scheme_id: str, weights: Mapping[str, int], *, by: Actor, people: People, at: datetime
    ) -> "Plan":
        """Set the weights of one scheme, as `checked_weights` gave them."""
        self._require_head(by, people)
        self._require("adjust")
        return replace(self._moved(self.state, at=at), weights={**self.weights, scheme_id: dict(weights)})

    def without_weights(self, scheme_id: str, *, kept_for: Iterable[Version] = (), at: datetime) -> "Plan":
        """Take back the weights set for a scheme that no longer weighs as it did; the plan's state stays.

        They hold on where former versions do, `kept_for` being those that they were set against.
        """
        kept = {known: weights for known, weights in self.weights.items() if known != scheme_id}
        former = {version_key(version): self.weights[scheme_id] for version in kept_for}
        moved = self._moved(self.state, at=at)
        return replace(moved, weights=kept, former_weights={**self.former_weights, **former})

    def submitted(self, *, by: Actor, people: People, at: datetime) -> "Plan":
        self._require_head(by, people)
        self._require("submit")
        moved = self._moved("submitted", at=at)
        return replace(moved, submitted_by=by.employee_id, submitted_at=at, comment=None)

    def approved(self, *, by: Actor, people: People, at: datetime) -> "Plan":
        self._require_approver(by, people)
        self._require("approve")
        return replace(self._moved("approved", at=at), decided_by=by.employee_id, decided_at=at, comment=None)

    def returned(self, comment: str, *, by: Actor, people: People, at: datetime) -> "Plan":
        self._require_approver(by, people)
        self._require("return")
        if not comment.strip():
            raise Invalid.at("/comment", "comment_missing", "Say what has to change.")
        return replace(self._moved("returned", at=at), decided_by=by.employee_id, decided_at=at, comment=comment)

    def defaulted(self, *, today: date, at: datetime) -> "Plan":
        """Fall back to the scheme's weights and the generated targets after the due date, until HR confirms."""
        self._require("default")
        if today <= self.due_on:
            raise Conflict("plan_not_due", "The plan is not due yet.")
        return replace(self._moved("defaulted", at=at), weights={}, former_weights={})

    def _require(self, act: Act) -> None:
        if self.state not in _FROM[act]:
            raise Conflict(*_REFUSALS[act])

    def _require_head(self, actor: Actor, people: People) -> None:
        if not self.may_be_submitted_by(actor, people):
            raise Forbidden("plan_not_head", "Only the department's head or acting head can do this.")

    def _require_approver(self, actor: Actor, people: People) -> None:
        if not actor.decides:
            raise Forbidden("plan_not_approver", "Only HR or the general manager can decide about a plan.")
        refuse_own(actor.employee_id, *self._concerned(people))

    def _concerned(self, people: People) -> frozenset[UUID | None]:
        return people.heads | people.members | {self.submitted_by}

    def _moved(self, state: PlanState, *, at: datetime) -> "Plan":
        return replace(self, state=state, sequence=self.sequence + 1, updated_at=at)
