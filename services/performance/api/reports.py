"""`/v1/reports`: what stands out in a published result, and what to do about it."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from services.performance.api.deps import QueriesDep
from services.performance.api.expand import Expanded, Parts, expanding
from services.performance.api.policy import POLICY
from services.performance.api.scorecards import VerdictView
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import new_router
from shared.kit.http.paging import Listed, SyncParams, listed

router = new_router(tag="reports")
ToRead = Annotated[Grant, POLICY.allow("scores:read")]


class ReportView(Expanded):
    """Findings and advice each carry their sentence (`zh`, `en`), the rule behind it and its inputs."""

    id: UUID
    scorecard_id: UUID
    cycle_id: UUID
    employee_id: UUID
    department_id: UUID
    sequence: int
    total: DecimalText | None
    grade: str | None
    computed: VerdictView | None = Field(description="without the calibration; null where there is none")
    summary: dict[str, str]
    dimensions: list[dict[str, Any]] = Field(
        description="what the computed result comes to by dimension; none in reports from before there were any"
    )
    strengths: list[dict[str, Any]]
    weaknesses: list[dict[str, Any]]
    watch: list[dict[str, Any]]
    directions: list[dict[str, Any]]
    trainings: list[dict[str, Any]]
    history: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of_row(cls, row: Row) -> Self:
        return cls.model_validate({"computed": None, "dimensions": [], **row["document"], **row})


@router.get("/reports", response_model_exclude_unset=True)
async def list_reports(
    grant: ToRead,
    queries: QueriesDep,
    page: SyncParams,
    expand: Parts = None,
    *,
    cycle_id: UUID | None = None,
    employee_id: UUID | None = None,
) -> Listed[ReportView]:
    filters = {"cycle_id": cycle_id, "employee_id": employee_id}
    rows = await queries.reports(page, grant.reach, expanding(grant, expand), **filters)
    return listed(rows, ReportView.of_row)


@router.get("/reports/{report_id}", response_model_exclude_unset=True)
async def get_report(report_id: UUID, grant: ToRead, queries: QueriesDep, expand: Parts = None) -> ReportView:
    return ReportView.of_row(await queries.report(report_id, grant.reach, expanding(grant, expand)))
