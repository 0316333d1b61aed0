"""`/v1/tenants/{id}/erasure`: the order to erase a company, which waits for some days."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field

from services.gateway.api.deps import WorkOfDep
from services.gateway.api.hosting.access import SECURITY, on_duty
from services.gateway.domain.hosting.operator import Operator
from services.gateway.usecases.tenancy.erase_tenant import call_off_erasure, order_tenant_erasure
from shared.kit.http.app import Body, View, new_router

router = new_router(tag="tenants")
ToErase = Annotated[Operator, on_duty("tenants:erase")]


class NewErasure(Body):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    """The company's name, written out by whoever means it."""


class ErasureView(View):
    ordered_at: datetime
    due_at: datetime
    """Then it begins; until then it can be called off."""
    by: str


@router.put("/tenants/{tenant_id}/erasure", status_code=202, openapi_extra=SECURITY)
async def put_erasure(
    tenant_id: UUID, body: NewErasure, *, request: Request, operator: ToErase, work_of: WorkOfDep
) -> ErasureView:
    """Order a suspended company to be erased in every service once the wait is over; again it gives the same order."""
    now, wait = request.app.state.works.clock.now(), request.app.state.erasure_wait
    by = str(operator.id)
    return ErasureView.model_validate(
        await order_tenant_erasure(work_of(tenant_id), name=body.name, by=by, at=now, wait=wait)
    )


@router.delete(
    "/tenants/{tenant_id}/erasure", status_code=204, dependencies=[on_duty("tenants:erase")], openapi_extra=SECURITY
)
async def delete_erasure(tenant_id: UUID, work_of: WorkOfDep) -> None:
    """Call it off; the company stays suspended."""
    await call_off_erasure(work_of(tenant_id))
