"""`/v1/calibration-sessions`: grades of a frozen cycle as HR decides them beside the computed ones."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.distributions import GroupCountsView
from services.performance.api.policy import POLICY
from services.performance.api.scorecards import VerdictView
from services.performance.domain.calibration.calibration import Role
from services.performance.domain.calibration.decision import Decision
from services.performance.domain.calibration.session import Adjustment, AdjustmentState, SessionState
from services.performance.usecases.calibration.adjust_card import adjust_card
from services.performance.usecases.calibration.apply_session import apply_session
from services.performance.usecases.calibration.open_session import open_session
from services.performance.usecases.calibration.review_adjustment import review_adjustment
from services.performance.usecases.calibration.session_sheet import SessionSheet, read_session
from services.performance.usecases.calibration.withdraw_adjustment import withdraw_adjustment
from services.performance.usecases.calibration.withdraw_session import withdraw_session
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="calibration-sessions")
ToRead = Annotated[Grant, POLICY.allow("calibrations:read")]
ToWrite = Annotated[Grant, POLICY.allow("calibrations:write")]


class NewCalibrationSession(Body):
    name: str = Field(min_length=1, max_length=200)
    department_id: UUID | None = Field(
        default=None, description="whose people it is about, with what is below; the whole company if left out"
    )
    participants: list[UUID] = Field(
        default_factory=list, max_length=100, description="employees who sat at the table; it gives them no rights"
    )


class NewCalibrationAdjustment(Body):
    """Either `grade`, or `total`, which brings its grade."""

    scorecard_id: UUID
    grade: str | None = Field(default=None, min_length=1, max_length=200)
    total: Number | None = Field(default=None, examples=["86.50"])
    from_grade: str | None = Field(
        default=None, max_length=200, description="the grade you saw in force; refused if it is another by now"
    )
    reason: str = Field(min_length=1, max_length=1000)

    def decision(self) -> Decision:
        return Decision(self.reason, self.grade, self.total, self.from_grade)


class CalibrationAdjustmentView(View):
    """`before` was in force when it was decided, `computed` stands beside it unchanged."""

    id: UUID
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    state: AdjustmentState
    stale: bool = Field(description="whether something else is computed by now than was decided upon; review it")
    computed: VerdictView
    before: VerdictView
    to_total: DecimalText | None = Field(description="null leaves whatever total is in force")
    to_grade: str
    reason: str
    role: Role
    decided_by: str
    created_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    applied_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, adjustment: Adjustment, *, stale: bool) -> Self:
        names = set(cls.model_fields) - {"stale", "computed", "before"}
        plain = {name: getattr(adjustment, name) for name in names}
        verdicts = {name: VerdictView.model_validate(getattr(adjustment, name)) for name in ("computed", "before")}
        return cls(**plain, **verdicts, stale=stale)


class CalibrationSessionView(View):
    id: UUID
    cycle_id: UUID
    name: str
    department_id: UUID | None
    participants: list[UUID]
    state: SessionState
    opened_by: str
    closed_by: str | None
    closed_at: datetime | None
    sequence: int
    created_at: datetime
    updated_at: datetime


class CalibrationSheetView(CalibrationSessionView):
    """A session with all its adjustments, undone ones too, and its people by grade without and with them."""

    adjustments: list[CalibrationAdjustmentView]
    before: list[GroupCountsView] = Field(description="by each rule of the distribution policy about these people")
    after: list[GroupCountsView]

    @classmethod
    def of(cls, sheet: SessionSheet) -> Self:
        session = CalibrationSessionView.model_validate(sheet.session).model_dump()
        counts = {
            name: [GroupCountsView.model_validate(group) for group in getattr(sheet, name)]
            for name in ("before", "after")
        }
        adjustments = [CalibrationAdjustmentView.of(adjustment, stale=stale) for adjustment, stale in sheet.adjustments]
        return cls(**session, adjustments=adjustments, **counts)


@router.get("/cycles/{cycle_id}/calibration-sessions")
async def list_cycle_calibration_sessions(
    cycle_id: UUID, grant: ToRead, queries: QueriesDep, page: UpdatedParams
) -> Listed[CalibrationSessionView]:
    return listed(
        await queries.calibration_sessions(cycle_id, page, grant.reach), CalibrationSessionView.model_validate
    )


@router.post("/cycles/{cycle_id}/calibration-sessions", status_code=201)
async def post_cycle_calibration_session(
    cycle_id: UUID, body: NewCalibrationSession, response: Response, grant: ToWrite, work: WorkDep
) -> CalibrationSheetView:
    sheet = await open_session(
        work,
        cycle_id,
        name=body.name,
        department_id=body.department_id,
        participants=body.participants,
        grant=grant,
    )
    return tagged(response, CalibrationSheetView.of(sheet))


@router.get("/calibration-sessions/{session_id}")
async def get_calibration_session(
    session_id: UUID, response: Response, grant: ToRead, work: WorkDep
) -> CalibrationSheetView:
    return tagged(response, CalibrationSheetView.of(await read_session(work, grant, session_id)))


@router.post("/calibration-sessions/{session_id}/adjustments", status_code=201)
async def post_calibration_adjustment(
    session_id: UUID,
    body: NewCalibrationAdjustment,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> CalibrationSheetView:
    sheet = await adjust_card(work, session_id, body.scorecard_id, body.decision(), grant=grant, expected=expected)
    return tagged(response, CalibrationSheetView.of(sheet))


@router.post("/calibration-sessions/{session_id}/adjustments/{adjustment_id}/withdrawal")
async def post_calibration_adjustment_withdrawal(
    session_id: UUID,
    adjustment_id: UUID,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> CalibrationSheetView:
    sheet = await withdraw_adjustment(work, session_id, adjustment_id, grant=grant, expected=expected)
    return tagged(response, CalibrationSheetView.of(sheet))


@router.post("/calibration-sessions/{session_id}/adjustments/{adjustment_id}/review")
async def post_calibration_adjustment_review(
    session_id: UUID,
    adjustment_id: UUID,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    expected: ExpectedVersion,
) -> CalibrationSheetView:
    sheet = await review_adjustment(work, session_id, adjustment_id, grant=grant, expected=expected)
    return tagged(response, CalibrationSheetView.of(sheet))


@router.post("/calibration-sessions/{session_id}/application")
async def post_calibration_session_application(
    session_id: UUID, response: Response, grant: ToWrite, work: WorkDep, expected: ExpectedVersion
) -> CalibrationSheetView:
    return tagged(
        response, CalibrationSheetView.of(await apply_session(work, session_id, grant=grant, expected=expected))
    )


@router.post("/calibration-sessions/{session_id}/withdrawal")
async def post_calibration_session_withdrawal(
    session_id: UUID, response: Response, grant: ToWrite, work: WorkDep, expected: ExpectedVersion
) -> CalibrationSheetView:
    return tagged(
        response, CalibrationSheetView.of(await withdraw_session(work, session_id, grant=grant, expected=expected))
    )
