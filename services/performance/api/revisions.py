"""`/v1/revisions`: what late data would change in published results, and what becomes of it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.expand import Expanded, Parts, expanding
from services.performance.api.policy import POLICY
from services.performance.api.scorecards import VerdictView
from services.performance.domain.scoring.revision import Decision, Revision
from services.performance.usecases.revisions.decide_revision import decide_revision
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="revisions")
ToRead = Annotated[Grant, POLICY.allow("revisions:read")]
ToDecide = Annotated[Grant, POLICY.allow("revisions:decide")]
State = Literal["proposed", "approved", "rejected", "withdrawn"]


class RevisionDecision(Body):
    reason: str = Field(min_length=1, max_length=1000, description="kept and, of an approval, told to the person")


class RevisedLineView(View):
    """A line that comes out differently; null where there is no number."""

    key: str
    segment: int
    previous_actual: DecimalText | None
    actual: DecimalText | None
    previous_points: DecimalText | None
    points: DecimalText | None


class RevisionView(Expanded):
    id: UUID
    scorecard_id: UUID
    cycle_id: UUID
    employee_id: UUID
    employee_name: str | None = None
    department_id: UUID
    state: Annotated[State, Field(description="withdrawn: by what arrived later, the published result is right")]
    previous: VerdictView
    proposed: VerdictView
    delta: Annotated[DecimalText | None, Field(description="by how much the total moves")]
    lines: list[RevisedLineView]
    counted_until: Annotated[datetime, Field(description="what had arrived by then is in it")]
    reason: str | None
    decided_by: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of_row(cls, row: Row) -> Self:
        previous, result = row["previous"], row["result"]
        totals = [each["total"] for each in (previous, result)]
        before, after = (None if total is None else Decimal(total) for total in totals)
        delta = None if before is None or after is None else after - before
        return cls.model_validate({**row, "proposed": {"total": after, "grade": result["grade"]}, "delta": delta})

    @classmethod
    def of(cls, revision: Revision) -> Self:
        columns = ("id", "scorecard_id", "cycle_id", "employee_id", "department_id", "state", "previous", "delta")
        stamps = ("lines", "counted_until", "reason", "decided_by", "sequence", "created_at", "updated_at")
        shown = {name: getattr(revision, name) for name in (*columns, *stamps)}
        return cls.model_validate({**shown, "proposed": revision.result})


@router.get("/revisions", response_model_exclude_unset=True)
async def list_revisions(
    grant: ToRead,
    queries: QueriesDep,
    page: SyncParams,
    expand: Parts = None,
    *,
    cycle_id: UUID | None = None,
    scorecard_id: UUID | None = None,
    state: State | None = None,
) -> Listed[RevisionView]:
    rows = await queries.revisions(
        page, grant.reach, expanding(grant, expand), state=state, cycle_id=cycle_id, scorecard_id=scorecard_id
    )
    return listed(rows, RevisionView.of_row)


@router.get("/revisions/{revision_id}", response_model_exclude_unset=True)
async def get_revision(
    revision_id: UUID, response: Response, grant: ToRead, queries: QueriesDep, expand: Parts = None
) -> RevisionView:
    row = await queries.revision(revision_id, grant.reach, expanding(grant, expand))
    return tagged(response, RevisionView.of_row(row))


@router.post("/revisions/{revision_id}/approval", response_model_exclude_unset=True)
async def post_revision_approval(
    revision_id: UUID,
    body: RevisionDecision,
    *,
    response: Response,
    grant: ToDecide,
    work: WorkDep,
    expected: ExpectedVersion,
) -> RevisionView:
    """Let the scorecard show what was proposed; who acted on the published result hears of it."""
    return await _decided(response, work, grant, revision_id, "approved", body=body, expected=expected)


@router.post("/revisions/{revision_id}/rejection", response_model_exclude_unset=True)
async def post_revision_rejection(
    revision_id: UUID,
    body: RevisionDecision,
    *,
    response: Response,
    grant: ToDecide,
    work: WorkDep,
    expected: ExpectedVersion,
) -> RevisionView:
    """Let the published result stand; the very same is not proposed again."""
    return await _decided(response, work, grant, revision_id, "rejected", body=body, expected=expected)


async def _decided(
    response: Response,
    work: WorkDep,
    grant: Grant,
    revision_id: UUID,
    decision: Decision,
    *,
    body: RevisionDecision,
    expected: int | None,
) -> RevisionView:
    revision = await decide_revision(work, grant, revision_id, decision, reason=body.reason, expected=expected)
    return tagged(response, RevisionView.of(revision))
