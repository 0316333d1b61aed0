"""`/v1/targets`: what everybody shall reach, why, and beside which history."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.effect import EffectKind
from services.performance.domain.goals.cascade import Basis
from services.performance.domain.goals.division import Instead
from services.performance.domain.goals.target import MeantFor, Origin, SubjectKind, Target
from services.performance.domain.goals.target_effect import Overrides, TargetEffect
from services.performance.domain.goals.target_history import MoveKind
from services.performance.usecases.goals.confirm_target import confirm_target
from services.performance.usecases.goals.lift_override import lift_override
from services.performance.usecases.goals.override_target import override_target
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, SyncParams, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="targets")
ToWrite = Annotated[Grant, POLICY.allow("targets:write")]
_OVERRIDES = (
    "what becomes of values that were set by hand below it in the cascade, of departments and people: they stay, or "
    "what is generated holds again"
)


class _Declared(Body):
    effective_on: Day | None = Field(default=None, description="with `from_date`: the first day on which it holds")
    overrides: Overrides = Field(default="keep", description=_OVERRIDES)


class Confirmation(_Declared):
    """From when on what the business wants holds: with `next_cycle` not in this cycle, which stays as it is."""

    effect: EffectKind = "whole_cycle"

    def declared(self) -> TargetEffect:
        return TargetEffect(self.effect, self.effective_on, tightening_confirmed=True, overrides=self.overrides)

    @model_validator(mode="after")
    def _releases_where_it_cascades(self) -> Self:
        if (self.effect, self.overrides) == ("next_cycle", "release"):
            raise PydanticCustomError("release_unfit", "Nothing is released in a cycle that stays as it is.")
        return self


class Override(_Declared):
    """A value, and from when on it holds; a target belongs to one cycle, and so does its override."""

    effect: Literal["whole_cycle", "from_date"] = "whole_cycle"
    value: Number
    reason: str = Field(min_length=1, max_length=1000)
    confirm_tightening: bool = Field(
        default=False, description="that it may ask for more of days gone by, of this or of other people"
    )

    def declared(self) -> TargetEffect:
        return TargetEffect(self.effect, self.effective_on, self.confirm_tightening, self.overrides)


class TextsView(View):
    zh: str
    en: str


class PastYearView(View):
    label: str
    value: DecimalText
    target: DecimalText | None = Field(default=None, description="what was to be reached; null where it is not known")


class PortionView(View):
    """By what it was divided: it got `weight` of `of`."""

    basis: Basis
    weight: str = Field(description="heads, FTE, eligible workdays times FTE, or what was reached; exact")
    of: str
    instead: Instead | None = Field(description="what stands in where there is nothing to divide by")


class HeldView(View):
    until: date = Field(description="the first day on which it no longer held")
    value: DecimalText


class TargetView(View):
    id: UUID
    cycle_id: UUID
    metric: str
    subject_kind: SubjectKind
    subject_id: UUID | None
    department_id: UUID | None
    value: DecimalText | None
    generated: DecimalText | None = Field(
        description="what the business wants of this very subject though the value was set by hand; else the value"
    )
    unassigned: DecimalText = Field(description="the part that no target below has")
    origin: Origin
    meant_for: MeantFor = Field(
        description="anybody at full time or this person at the person's own hours, over the whole cycle, or this "
        "person for the full-time workdays in `portion`"
    )
    portion: PortionView | None = Field(
        description="null where it is no part of another, and to who does not reach all among whom it was divided"
    )
    reason: TextsView
    earlier: list[HeldView] = Field(description="what held before, within the cycle; empty where it always was so")
    override_reason: str | None
    proposed: DecimalText | None
    declined: DecimalText | None = Field(description="what the business wants and HR has left to a later cycle")
    needs_confirmation: bool
    history: list[PastYearView] = Field(description="up to three years, oldest first")
    deviation: DecimalText | None
    mark: bool = Field(description="far off its history")
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of_row(cls, row: Row) -> Self:
        by_hand = row["override_reason"] is not None
        meant_for = "person" if by_hand else row["meant_for"]
        return cls.model_validate(
            {**row, "meant_for": meant_for, "mark": row["far_off"], "needs_confirmation": row["proposed"] is not None}
        )

    @classmethod
    def of(cls, target: Target, *, everywhere: bool) -> Self:
        """Show one to who reaches its department, and so its people; what departments share, to who reaches all."""
        goal, key = target.goal, target.key
        shared = everywhere or key.subject_kind == "employee"
        shown: dict[str, Any] = {
            **_fields(key, "metric", "subject_kind", "subject_id"),
            **_fields(goal, "reason", "history", "deviation", "far_off", "meant_for"),
            **_fields(target, "id", "cycle_id", "department_id", "value", "unassigned", "origin", "override_reason"),
            **_fields(target, "earlier", "proposed", "declined", "sequence", "created_at", "updated_at"),
            "generated": goal.value,
            "portion": goal.portion.to_document() if goal.portion is not None and shared else None,
        }
        return cls.of_row(shown)


class TargetMoveView(View):
    """A value that the target came to have."""

    sequence: int = Field(description="of the target, then")
    value: DecimalText | None
    origin: Origin
    cause: MoveKind = Field(
        description="`cascaded`: something was set for another target; `override_released`: an act about one "
        "above it gave up what was set by hand"
    )
    changed_by: str | None = Field(description="the account or client behind it; null where an event or a rule was")
    reason: TextsView
    override_reason: str | None
    changed_at: datetime
    effective_on: date | None = Field(description="since when it holds, where that was declared")


@router.get("/cycles/{cycle_id}/targets")
async def list_cycle_targets(
    cycle_id: UUID,
    grant: Annotated[Grant, POLICY.allow("targets:read")],
    queries: QueriesDep,
    page: SyncParams,
    *,
    subject_kind: SubjectKind | None = None,
    subject_id: UUID | None = None,
    metric: str | None = None,
) -> Listed[TargetView]:
    equals = {"subject_kind": subject_kind, "subject_id": subject_id, "metric": metric}
    return listed(await queries.targets(cycle_id, page, grant.reach, **equals), TargetView.of_row)


@router.put("/targets/{target_id}/override")
async def put_target_override(
    target_id: UUID,
    body: Override,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> TargetView:
    overridden = await override_target(
        work,
        target_id,
        value=body.value,
        reason=body.reason,
        effect=body.declared(),
        grant=grant,
        expected=expected,
    )
    return tagged(response, TargetView.of(overridden, everywhere=grant.reach.everything))


@router.delete("/targets/{target_id}/override")
async def delete_target_override(
    target_id: UUID,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    *,
    expected: ExpectedVersion,
    confirm_tightening: bool = False,
    overrides: Annotated[Overrides, Query(description=_OVERRIDES)] = "keep",
) -> TargetView:
    effect = TargetEffect(tightening_confirmed=confirm_tightening, overrides=overrides)
    lifted = await lift_override(work, target_id, effect=effect, grant=grant, expected=expected)
    return tagged(response, TargetView.of(lifted, everywhere=grant.reach.everything))


@router.get("/targets/{target_id}/history")
async def list_target_history(
    target_id: UUID, grant: Annotated[Grant, POLICY.allow("targets:read")], queries: QueriesDep, page: UpdatedParams
) -> Listed[TargetMoveView]:
    return listed(await queries.target_history(target_id, page, grant.reach), TargetMoveView.model_validate)


@router.post("/targets/{target_id}/confirmation")
async def post_target_confirmation(
    target_id: UUID,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    *,
    expected: ExpectedVersion,
    body: Confirmation | None = None,
) -> TargetView:
    """Decide about what the business wants; who lets it hold confirms that it may ask for more of days gone by."""
    effect = (body or Confirmation()).declared()
    confirmed = await confirm_target(work, target_id, effect=effect, grant=grant, expected=expected)
    return tagged(response, TargetView.of(confirmed, everywhere=grant.reach.everything))


def _fields(source: object, *names: str) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}
