"""`/v1/targets`: what everybody shall reach, why, and beside which history."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.goals.target import MeantFor, Origin, SubjectKind, Target
from services.performance.usecases.goals.confirm_target import confirm_target
from services.performance.usecases.goals.override_target import override_target
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="targets")
ToWrite = Annotated[Grant, POLICY.allow("targets:write")]


class Override(Body):
    value: Number
    reason: str = Field(min_length=1, max_length=1000)


class TextsView(View):
    zh: str
    en: str


class PastYearView(View):
    label: str
    value: Decimal


class TargetView(View):
    id: UUID
    cycle_id: UUID
    metric: str
    subject_kind: SubjectKind
    subject_id: UUID | None
    department_id: UUID | None
    value: Decimal | None
    generated: Decimal | None = Field(description="what generation says where the value was set by hand")
    unassigned: Decimal = Field(description="the part that no target below has")
    origin: Origin
    meant_for: MeantFor = Field(
        description="anybody who works full time, or this person with the person's own hours; of the whole cycle"
    )
    reason: TextsView
    override_reason: str | None
    proposed: Decimal | None
    needs_confirmation: bool
    history: list[PastYearView] = Field(description="up to three years, oldest first")
    deviation: Decimal | None
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
    def of(cls, target: Target) -> Self:
        goal, key = target.goal, target.key
        shown: dict[str, Any] = {
            **_fields(key, "metric", "subject_kind", "subject_id"),
            **_fields(goal, "reason", "history", "deviation", "far_off", "meant_for"),
            **_fields(target, "id", "cycle_id", "department_id", "value", "unassigned", "origin", "override_reason"),
            **_fields(target, "proposed", "sequence", "created_at", "updated_at"),
            "generated": goal.value,
        }
        return cls.of_row(shown)


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
        work, target_id, value=body.value, reason=body.reason, grant=grant, expected=expected
    )
    return tagged(response, TargetView.of(overridden))


@router.post("/targets/{target_id}/confirmation")
async def post_target_confirmation(
    target_id: UUID,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> TargetView:
    return tagged(response, TargetView.of(await confirm_target(work, target_id, grant=grant, expected=expected)))


def _fields(source: object, *names: str) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}
