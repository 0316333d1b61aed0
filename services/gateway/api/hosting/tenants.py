"""`/v1/tenants`: the companies of the installation, for its operators; none of it shows what a company keeps here."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Request
from pydantic import Field

from services.gateway.api.deps import WorkOfDep
from services.gateway.api.hosting.access import SECURITY, act_in, on_duty
from services.gateway.api.hosting.tenant_erasures import ErasureView
from services.gateway.api.tenant import Currency, Name, Zone
from services.gateway.domain.hosting.operator import Operator
from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.ports import Founding
from services.gateway.usecases.ports.hosting import Companies
from services.gateway.usecases.tenancy.found_tenant import FirstAdmin, found_tenant
from services.gateway.usecases.tenancy.suspend_tenant import resume_tenant, suspend_tenant
from shared.kit.http.answers import Secret, honouring_key
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, WholeParams, listed
from shared.kit.http.route import attempt_of

router = new_router(tag="tenants")
_SECRET_BYTES = 18


async def _companies(request: Request) -> Companies:
    companies: Companies = request.app.state.companies
    return companies


CompaniesDep = Annotated[Companies, Depends(_companies)]
ToCreate = Annotated[Operator, on_duty("tenants:create")]


@honouring_key
async def _founding(request: Request, operator: ToCreate) -> Founding:
    """Give the founding of companies, joined to the request's idempotent attempt where there is one."""
    attempt, founding = attempt_of(request), request.app.state.works.founding
    joined: Founding = founding if attempt is None else attempt.join_founding(founding, operator.id)
    return joined


FoundingDep = Annotated[Founding, Depends(_founding)]
ToSuspend = Annotated[Operator, on_duty("tenants:suspend")]


class NewTenant(Body):
    id: UUID | None = None
    """Whoever chooses it may send the same again without founding two."""
    name: Name
    admin: Annotated[str, Field(min_length=1, max_length=200, description="User name of the first administrator.")]
    zone: Zone = "Asia/Shanghai"
    currency: Currency = "CNY"
    locale: Literal["zh", "en"] = "zh"
    sandbox: bool = False


class NewSuspension(Body):
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class HostedTenantView(View):
    id: UUID
    name: str
    status: str
    zone: str
    currency: str
    locale: str
    sandbox: bool
    sequence: int


class NewTenantView(HostedTenantView):
    password: Secret = None
    """The first administrator's, made by chance, shown in this answer and kept nowhere."""


class SuspensionView(View):
    since: datetime
    reason: str
    by: str
    """Id of the operator."""


class StandingView(HostedTenantView):
    suspension: SuspensionView | None
    erasure: ErasureView | None
    """Once it is due, the company is gone and not found any more."""


@router.get("/tenants", dependencies=[on_duty("tenants:read")], openapi_extra=SECURITY)
async def list_tenants(companies: CompaniesDep, page: WholeParams) -> Listed[HostedTenantView]:
    return listed(await companies.page(page), HostedTenantView.model_validate)


@router.get("/tenants/{tenant_id}", dependencies=[on_duty("tenants:read")], openapi_extra=SECURITY)
async def get_hosted_tenant(tenant_id: UUID, companies: CompaniesDep) -> StandingView:
    return StandingView.model_validate(await companies.one(tenant_id))


@router.post("/tenants", status_code=201, openapi_extra=SECURITY)
async def post_tenant(body: NewTenant, request: Request, operator: ToCreate, founding: FoundingDep) -> NewTenantView:
    """Found a company with its first administrator."""
    works, password = request.app.state.works, token_urlsafe(_SECRET_BYTES)
    chosen: dict[str, Any] = body.model_dump(exclude={"id", "admin"})
    tenant = Tenant(id=body.id or works.ids.new(), sequence=1, status="active", clock_offset_seconds=0, **chosen)
    act_in(tenant.id, operator)
    await found_tenant(founding, tenant, admin=FirstAdmin(body.admin, password))
    return NewTenantView.model_validate(tenant).model_copy(update={"password": password})


@router.put("/tenants/{tenant_id}/suspension", openapi_extra=SECURITY)
async def put_suspension(
    tenant_id: UUID, body: NewSuspension, *, request: Request, operator: ToSuspend, work_of: WorkOfDep
) -> StandingView:
    """Let nobody of a company in, in any service within seconds; what it keeps stays, and waits with its webhooks."""
    works = request.app.state.works
    await suspend_tenant(work_of(tenant_id), reason=body.reason, by=str(operator.id), at=works.clock.now())
    return StandingView.model_validate(await request.app.state.companies.one(tenant_id))


@router.delete("/tenants/{tenant_id}/suspension", dependencies=[on_duty("tenants:suspend")], openapi_extra=SECURITY)
async def delete_suspension(tenant_id: UUID, work_of: WorkOfDep, companies: CompaniesDep) -> StandingView:
    """Open a company again; what waited goes on."""
    await resume_tenant(work_of(tenant_id))
    return StandingView.model_validate(await companies.one(tenant_id))
