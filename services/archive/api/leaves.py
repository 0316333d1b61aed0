"""`/v1/employees/{id}/leaves`: days away."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from services.archive.api.deps import WorkDep
from services.archive.api.fields import Code, EndsOn
from services.archive.api.policy import POLICY
from services.archive.usecases.cancel_leave import cancel_leave
from services.archive.usecases.grant_leave import grant_leave
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day

router = new_router(tag="employees")
ToWrite = Annotated[Grant, POLICY.allow("employees:write")]


class NewLeave(Body):
    kind: Code
    starts_on: Day
    ends_on: EndsOn


class LeaveView(View):
    id: UUID
    kind: str | None
    """Null for who may not see why somebody is away."""
    starts_on: date
    ends_on: date

    def as_seen(self, grant: Grant) -> Self:
        return self.model_copy(update={"kind": None}) if POLICY.hides(grant, "health") else self


@router.post("/employees/{employee_id}/leaves", status_code=201)
async def post_leave(employee_id: UUID, body: NewLeave, grant: ToWrite, work: WorkDep) -> LeaveView:
    leave = await grant_leave(
        work, employee_id, kind=body.kind, starts_on=body.starts_on, ends_on=body.ends_on, grant=grant
    )
    return LeaveView.model_validate(leave).as_seen(grant)


@router.delete("/employees/{employee_id}/leaves/{leave_id}", status_code=204)
async def delete_leave(employee_id: UUID, leave_id: UUID, grant: ToWrite, work: WorkDep) -> None:
    await cancel_leave(work, employee_id, leave_id, grant=grant)
