"""`/v1/dashboard`: what its caller, by role, wants on one screen."""

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from services.gateway.api.policy import POLICY
from shared.core.access import Grant
from shared.kit.http.app import View, new_router

router = new_router(tag="dashboard")


class MissingPart(View):
    """A member that is null: `not_permitted` by the policy of its service, or away, and then worth another try."""

    member: str
    code: str
    retryable: bool


class DashboardView(View):
    """Every member is null where `missing` says so; each is what its own path answers, with the caller's token."""

    standing: dict[str, Any] | None = Field(description="of the caller, as `/v1/employees/{id}/standing`")
    tasks: list[Any] | None = Field(description="what waits for the caller, as `/v1/tasks`")
    notifications: list[Any] | None = Field(description="the ten newest unread ones, as `/v1/notifications`")
    cycles: list[Any] | None = Field(description="progress, late plans and grades, as `/v1/cycle-overviews`")
    quarantine: dict[str, Any] | None = Field(description="how much waits there, as `/v1/quarantine/summary`")
    missing: list[MissingPart]


@router.get("/dashboard")
async def get_dashboard(grant: Annotated[Grant, POLICY.allow("dashboard:read")], request: Request) -> DashboardView:
    """Answer with whatever can be had now."""
    gathered = await request.app.state.dashboard.gathered(request.scope, me=grant.principal.employee_id)
    return DashboardView.model_validate({**gathered.members, "missing": gathered.missing})
