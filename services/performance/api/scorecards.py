"""`/v1/scorecards`: what everybody's results are, how they came to be, and what they were before."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.performance.api.deps import QueriesDep
from services.performance.api.expand import Expanded, Parts, expanding
from services.performance.api.policy import POLICY
from services.performance.domain.calibration.calibration import Calibration, combined, effective
from services.performance.domain.scoring.scorecard import Verdict
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import View, new_router
from shared.kit.http.days import Instant
from shared.kit.http.paging import Listed, SyncParams, UpdatedParams, listed
from shared.kit.http.versions import tagged

router = new_router(tag="scorecards")
ToRead = Annotated[Grant, POLICY.allow("scores:read")]

AsOf = Annotated[Instant | None, Query(description="the result shown at that time, digit for digit")]


class ItemView(View):
    key: str
    metric: str
    name: str
    weight: int
    state: str
    code: str | None
    target: DecimalText | None
    actual: DecimalText | None
    points: DecimalText | None
    segment: int = Field(default=0, description="which of `segments` it belongs to, from 0")


StaleSince = Annotated[
    date | None, Field(description="while scores move: since when a source of the metric has been too old")
]


class PresentItemView(ItemView):
    stale_since: StaleSince = None


_USUAL = {"absent": 0, "fte": "1", "allocation": "1"}
"""What is left out of segments that are kept."""


class SegmentView(View):
    """Days under one scheme version; the last segment's scheme grades the whole."""

    starts_on: date
    ends_on: date = Field(description="the first day that no longer belongs to it")
    workdays: int = Field(description="those that count for the person")
    absent: int = Field(description="workdays that leave takes out")
    fte: str = Field(description="the mean part of full time over the workdays, such as `0.5` or `64/129`")
    allocation: str = Field(description="the part of each day that is the segment's own, of several positions at once")
    department_id: UUID
    position_id: UUID
    scheme_id: UUID
    scheme_version: int


class AdjustmentView(ItemView):
    role: Literal["bonus", "penalty"]


class VetoView(ItemView):
    """A condition; `fired` where it held, null where its number is not known."""

    fired: bool | None


class PresentAdjustmentView(AdjustmentView):
    stale_since: StaleSince = None


class PresentVetoView(VetoView):
    stale_since: StaleSince = None


class VerdictView(View):
    total: DecimalText | None
    grade: str | None


class CalibrationView(View):
    """What people decided beside the computed result, shown once it is published."""

    session_id: UUID
    role: str = Field(description="in which role it was decided: `hr` or `admin`")
    reason: str
    decided_at: datetime


class ResultView(View):
    """Status, scheme version, total, grade and items as of one sequence; `computed` beside a calibrated grade."""

    status: str
    sequence: int
    scheme_id: UUID | None
    scheme_version: int | None
    state: str
    total: DecimalText | None
    grade: str | None
    computed: VerdictView | None = Field(description="without the calibration; null where there is none")
    calibration: CalibrationView | None
    scored_weight: int
    segments: list[SegmentView] = Field(description="empty where nothing is scored")
    before_veto: VerdictView | None = Field(description="without the vetoes that fired; null where none did")
    input_hash: str

    @classmethod
    def of_row(cls, row: Row) -> Self:
        """Lay the parts of the result beside the columns of its row."""
        result = row["result"]
        items, overall = ([{"segment": 0, **line} for line in result.get(lines, ())] for lines in ("items", "overall"))
        beside = {
            "items": items,
            "segments": [{**_USUAL, **segment} for segment in result.get("segments", ())],
            "adjustments": [line for line in overall if line["role"] != "veto"],
            "vetoes": [{**line, "fired": _fired(line["points"])} for line in overall if line["role"] == "veto"],
            "before_veto": result.get("before_veto"),
        }
        return cls.model_validate({**result, **beside, **row, **_in_force(row)})


def _in_force(row: Row) -> dict[str, Any]:
    """Let a calibration stand in the place of what was computed, and show that beside it."""
    computed = Verdict(row["total"], row["grade"])
    calibration = effective(combined(map(Calibration.of_document, row["calibrations"] or ())), computed)
    if calibration is None:
        return {"computed": None, "calibration": None}
    return {**asdict(calibration.over(computed)), "computed": asdict(computed), "calibration": asdict(calibration)}


def _with_stale(row: Row, stale: Mapping[UUID, Mapping[str, date]]) -> Row:
    """Mark the lines of a score that still moves whose metric has a stale source."""
    since = stale.get(row["cycle_id"], {})
    if row["status"] != "provisional" or not since:
        return row
    result = row["result"]
    marked = {
        lines: [{**line, "stale_since": since.get(line["metric"])} for line in result.get(lines, ())]
        for lines in ("items", "overall")
    }
    return {**row, "result": {**result, **marked}}


def _fired(points: str | None) -> bool | None:
    return None if points is None else points != "0"


class ScorecardView(ResultView, Expanded):
    id: UUID
    items: list[PresentItemView]
    adjustments: list[PresentAdjustmentView]
    vetoes: list[PresentVetoView]
    cycle_id: UUID
    employee_id: UUID
    employee_name: str | None
    work_number: str | None
    department_id: UUID
    position_id: UUID
    scored_at: datetime | None
    created_at: datetime
    updated_at: datetime


class PastResultView(ResultView):
    items: list[ItemView]
    adjustments: list[AdjustmentView]
    vetoes: list[VetoView]
    run_id: UUID
    cause_kind: str
    cause_reference: str | None
    recorded_at: datetime


@router.get("/scorecards", response_model_exclude_unset=True)
async def list_scorecards(
    grant: ToRead,
    queries: QueriesDep,
    page: SyncParams,
    expand: Parts = None,
    *,
    cycle_id: UUID | None = None,
    employee_id: UUID | None = None,
    department_id: UUID | None = None,
) -> Listed[ScorecardView]:
    filters = {"cycle_id": cycle_id, "employee_id": employee_id, "department_id": department_id}
    rows = await queries.scorecards(page, grant.reach, expanding(grant, expand), **filters)
    stale = await queries.stale_metrics()
    return listed(rows, lambda row: ScorecardView.of_row(_with_stale(row, stale)))


@router.get("/scorecards/{scorecard_id}", response_model_exclude_unset=True)
async def get_scorecard(
    scorecard_id: UUID,
    response: Response,
    grant: ToRead,
    queries: QueriesDep,
    expand: Parts = None,
    *,
    as_of: AsOf = None,
) -> ScorecardView:
    row = await queries.scorecard(scorecard_id, grant.reach, expanding(grant, expand), as_of=as_of)
    stale = {} if as_of else await queries.stale_metrics()
    return tagged(response, ScorecardView.of_row(_with_stale(row, stale)))


@router.get("/scorecards/{scorecard_id}/results")
async def list_scorecard_results(
    scorecard_id: UUID,
    grant: ToRead,
    queries: QueriesDep,
    page: UpdatedParams,
) -> Listed[PastResultView]:
    rows = await queries.results(scorecard_id, page, grant.reach)
    return listed(rows, PastResultView.of_row)
