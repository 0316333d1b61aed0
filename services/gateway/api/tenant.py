"""`/v1/tenant`: the caller's company and, in a sandbox, its business clock."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Request, Response
from pydantic import AwareDatetime, Field

from services.gateway.api.deps import QueriesDep, WorkDep
from services.gateway.api.policy import POLICY
from services.gateway.usecases.ration_requests import Rationing
from services.gateway.usecases.tenancy.change_tenant import change_tenant
from services.gateway.usecases.tenancy.set_clock import set_clock
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.caller import caller_of
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="tenant")
Name = Annotated[str, Field(min_length=1, max_length=200)]
Zone = Annotated[str, Field(min_length=1, max_length=64, examples=["Asia/Shanghai"])]
Currency = Annotated[str, Field(min_length=3, max_length=3, examples=["CNY"])]


class TenantPatch(Body):
    name: Name = OMITTED
    zone: Zone = OMITTED
    currency: Currency = OMITTED
    locale: Literal["zh", "en"] = OMITTED


class TenantLimitView(View):
    kind: str
    subject: str
    """One account or client; all that have none of their own where it is empty."""
    amount: int
    """So many requests"""
    seconds: int
    """in any stretch of so many seconds."""


class TenantLimitsView(View):
    data: list[TenantLimitView]
    most_in_flight: int
    """Requests of one caller at the same time, in each gateway process."""


class ClockSetting(Body):
    now: AwareDatetime | None
    """What time it shall be in business; null for real time."""


class TenantView(View):
    id: UUID
    name: str
    status: str
    zone: str
    currency: str
    locale: str
    sandbox: bool
    clock_offset_seconds: int
    now: datetime
    """Business time."""
    sequence: int


@router.get("/tenant", dependencies=[POLICY.allow("tenant:read")])
async def get_tenant(response: Response, queries: QueriesDep) -> TenantView:
    return await _shown(response, queries)


@router.patch("/tenant", dependencies=[POLICY.allow("tenant:write")])
async def patch_tenant(
    body: TenantPatch, response: Response, work: WorkDep, queries: QueriesDep, expected: ExpectedVersion
) -> TenantView:
    """Rename the company, or change by which days, in which currency and which language it is told things.

    It holds from now on. What was recorded keeps its business day and its currency; nothing is converted or moved. A
    deadline falls by the new zone's day.
    """
    await change_tenant(work, body.model_dump(exclude_unset=True), expected=expected)
    return await _shown(response, queries)


@router.get("/tenant/limits", dependencies=[POLICY.allow("tenant:limits")])
async def get_tenant_limits(request: Request) -> TenantLimitsView:
    """Tell how often callers of the company may ask; whoever runs the installation sets it."""
    rationing: Rationing = request.app.state.rationing
    quotas = await rationing.quotas(caller_of(request).tenant_id)
    return TenantLimitsView(
        data=[
            TenantLimitView(kind=kind, subject=subject, amount=quota.amount, seconds=quota.seconds)
            for (subject, kind), quota in sorted(quotas.items())
        ],
        most_in_flight=rationing.most_in_flight,
    )


@router.put("/tenant/clock", dependencies=[POLICY.allow("tenant:write")])
async def put_tenant_clock(
    body: ClockSetting, request: Request, response: Response, work: WorkDep, queries: QueriesDep
) -> TenantView:
    """Set the business clock of a sandbox, forwards or back; every service follows within a moment."""
    await set_clock(work, body.now, real_now=request.app.state.works.clock.now())
    return await _shown(response, queries)


async def _shown(response: Response, queries: QueriesDep) -> TenantView:
    return tagged(response, TenantView.model_validate(await queries.tenant()))
