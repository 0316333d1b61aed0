"""`/v1/tenants/{id}/limits`: how often a company, or one account or client of it, may ask."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request
from pydantic import Field

from services.gateway.api.hosting.access import SECURITY, on_duty
from services.gateway.domain.rate_limit import Kind, Quota
from shared.kit.http.app import Body, View, new_router

router = new_router(tag="tenants")
RequestKind = Annotated[Kind, Path(description="The requests that are counted.")]
Subject = Annotated[
    str, Query(max_length=200, description="One account or client of it; else all that have no limit of their own.")
]


class NewLimit(Body):
    amount: Annotated[int, Field(ge=1, le=1_000_000_000)]
    """So many requests"""
    seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    """in any stretch of so many seconds."""


class LimitView(View):
    kind: str
    subject: str
    amount: int
    seconds: int


class LimitsView(View):
    data: list[LimitView]


@router.get("/tenants/{tenant_id}/limits", dependencies=[on_duty("tenants:read")], openapi_extra=SECURITY)
async def list_tenant_limits(tenant_id: UUID, request: Request) -> LimitsView:
    """List what differs from the installation's defaults."""
    return LimitsView(data=await _limits(request, tenant_id))


@router.put("/tenants/{tenant_id}/limits/{kind}", dependencies=[on_duty("tenants:limit")], openapi_extra=SECURITY)
async def put_tenant_limit(
    tenant_id: UUID, kind: RequestKind, body: NewLimit, request: Request, subject: Subject = ""
) -> LimitView:
    """Set one; every gateway keeps to it within half a minute of its next count."""
    quota = Quota(body.amount, body.seconds)
    await request.app.state.quota_overrides.put(tenant_id, kind, quota, subject=subject)
    return LimitView(kind=kind, subject=subject, amount=quota.amount, seconds=quota.seconds)


@router.delete(
    "/tenants/{tenant_id}/limits/{kind}",
    status_code=204,
    dependencies=[on_duty("tenants:limit")],
    openapi_extra=SECURITY,
)
async def delete_tenant_limit(tenant_id: UUID, kind: RequestKind, request: Request, subject: Subject = "") -> None:
    """Let the default hold again."""
    await request.app.state.quota_overrides.put(tenant_id, kind, None, subject=subject)


async def _limits(request: Request, tenant_id: UUID) -> list[LimitView]:
    found = await request.app.state.quota_overrides.of(tenant_id)
    return [
        LimitView(kind=kind, subject=subject, amount=quota.amount, seconds=quota.seconds)
        for (subject, kind), quota in sorted(found.items())
    ]
