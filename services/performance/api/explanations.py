"""`/v1/scorecards/{id}/explanation`: how a result came to be, down to the observations behind it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.performance.api.deps import WorkDep
from services.performance.api.scorecards import AsOf, CalibrationView, ToRead, VerdictView
from services.performance.usecases.explaining.explain_score import explain_score
from shared.contracts.decimals import DecimalText
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import MAX_LIMIT

router = new_router(tag="scorecards")


class CountedView(View):
    observation_id: UUID
    source: str
    remote_id: str
    revision: int = Field(
        description="how often it was decided about: the `decision` of the observation, not its source's number"
    )
    value: DecimalText
    credit_date: date
    cohort_date: date | None
    occurred_at: datetime
    currency: str | None = None
    rate: DecimalText | None = Field(default=None, description="by which it was converted; null where it was not")
    rate_day: date | None = Field(default=None, description="whose rate that is")
    converted: DecimalText | None = Field(default=None, description="the amount, unrounded; null without a rate")
    fate: str = Field(default="counted", description="what it is to the number, as in its uses")
    counted_instead: UUID | None = Field(default=None, description="which observation counts in its place")


class SideView(View):
    """One aggregate: what was counted, over which days, and the first observations behind it."""

    role: str
    measure: str
    aggregation: str
    filters: dict[str, list[str]]
    credit: str
    distinct_by: str | None = None
    currency: dict[str, str] | None = Field(default=None, description="what amounts are counted in")
    starts_on: date
    ends_on: date
    complete_through: date | None = Field(description="of all sources; 9999-12-31 where each of them has ended")
    rows: int
    value: DecimalText | None
    observations: list[CountedView]
    truncated: bool


class SourceView(View):
    metric: str
    level: str
    subject_id: UUID
    sides: list[SideView]


class ExplainedCalibrationView(CalibrationView):
    before: VerdictView = Field(description="as computed")
    after: VerdictView = Field(description="in force")
    sentence: dict[str, str]


class ExplanationView(View):
    scorecard_id: UUID
    sequence: int
    status: str
    scheme_id: UUID | None
    scheme_version: int | None
    score: dict[str, Any] | None = Field(
        description="how the computed result came about, item by item and by dimension"
    )
    calibration: ExplainedCalibrationView | None
    sources: list[SourceView]


@router.get("/scorecards/{scorecard_id}/explanation")
async def get_scorecard_explanation(
    scorecard_id: UUID,
    grant: ToRead,
    work: WorkDep,
    observations: Annotated[int, Query(ge=0, le=MAX_LIMIT, description="how many to list of each aggregate")] = 50,
    as_of: AsOf = None,
) -> ExplanationView:
    explained = await explain_score(work, grant.reach, scorecard_id, limit=observations, as_of=as_of)
    return ExplanationView.model_validate(explained)
