"""`/v1/employees/{id}/portrait`: everything about one person on one page."""

from datetime import date
from typing import Annotated
from uuid import UUID

from services.archive.api.deps import QueriesDep
from services.archive.api.employees import MasterData
from services.archive.api.employments import EmploymentView
from services.archive.api.entries import RecordView
from services.archive.api.leaves import LeaveView
from services.archive.api.policy import POLICY
from services.archive.domain.record import RecordKind
from shared.core.access import Grant
from shared.kit.http.app import View, new_router
from shared.kit.http.numbers import Number

router = new_router(tag="employees")


class SpellView(EmploymentView):
    department_name: str
    manager_name: str | None


class FitView(View):
    """`gap` is how much is missing of what the position asks for; null where it was never assessed."""

    competency: str
    required: int
    reached: Number | None
    assessed_on: date | None
    gap: Number | None


class PortraitView(View):
    """Newest first everywhere; `records` holds the newest 50 of each kind."""

    employee: MasterData
    employments: list[SpellView]
    history: list[SpellView]
    leaves: list[LeaveView]
    performance: list[RecordView]
    records: dict[RecordKind, list[RecordView]]
    competencies: list[FitView]


@router.get("/employees/{employee_id}/portrait")
async def get_portrait(
    employee_id: UUID, grant: Annotated[Grant, POLICY.allow("records:read")], queries: QueriesDep
) -> PortraitView:
    sight = POLICY.sight(grant.principal)
    return PortraitView.model_validate(await queries.portrait(employee_id, grant.reach, sight=sight))
