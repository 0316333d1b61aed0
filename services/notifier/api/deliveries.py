"""`/v1/webhooks/{id}/deliveries`: what was sent, what came back, and sending it again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field

from services.notifier.api.deps import QueriesDep, WorkDep
from services.notifier.api.policy import POLICY, may_disclose
from services.notifier.domain.delivery import State
from services.notifier.usecases.fetch_deliveries import fetch_deliveries
from services.notifier.usecases.resend_delivery import resend_delivery
from services.notifier.usecases.send_test_event import send_test_event
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed

router = new_router(tag="webhooks")


class AttemptView(View):
    number: int
    started_at: datetime
    milliseconds: int
    status: int | None
    response: Annotated[str, Field(description="at most the first 4 KiB")]
    error: str | None


class QueuedView(View):
    id: UUID
    message_id: Annotated[UUID, Field(description="sent as `webhook-id`; the same over retries and resends")]
    event_type: str
    subject: str
    sequence: int


class DeliveryView(QueuedView):
    state: str
    due_at: Annotated[datetime, Field(description="when the next attempt is due, while the state is `pending`")]
    created_at: datetime
    updated_at: datetime
    attempts: list[AttemptView]


class Fetching(Body):
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class FetchedView(View):
    """One message as a subscriber would have received it."""

    headers: dict[str, str]
    body: Annotated[str, Field(description="the exact text that is signed")]


class FetchedListView(View):
    data: list[FetchedView]


@router.post("/webhooks/{webhook_id}/deliveries/fetch")
async def post_webhook_fetch(
    webhook_id: UUID,
    body: Fetching,
    request: Request,
    *,
    grant: Annotated[Grant, POLICY.allow("webhooks:write")],
    work: WorkDep,
) -> FetchedListView:
    """Take over what waits for a listener of a sandbox, signed now; it counts as delivered, and can be sent again."""
    now = request.app.state.works.clock.now()
    disclose = may_disclose(grant)
    found = await fetch_deliveries(work, webhook_id, limit=body.limit, at=now, may_disclose=disclose)
    return FetchedListView.model_validate({"data": found})


@router.post("/webhooks/{webhook_id}/test", status_code=201, dependencies=[POLICY.allow("webhooks:write")])
async def post_webhook_test(webhook_id: UUID, work: WorkDep) -> QueuedView:
    return QueuedView.model_validate(await send_test_event(work, webhook_id))


@router.get("/webhooks/{webhook_id}/deliveries", dependencies=[POLICY.allow("webhooks:read")])
async def list_webhook_deliveries(
    webhook_id: UUID, queries: QueriesDep, page: UpdatedParams, state: State | None = None
) -> Listed[DeliveryView]:
    return listed(await queries.deliveries(webhook_id, page, state=state), DeliveryView.model_validate)


@router.get("/webhooks/{webhook_id}/deliveries/{delivery_id}", dependencies=[POLICY.allow("webhooks:read")])
async def get_webhook_delivery(webhook_id: UUID, delivery_id: UUID, queries: QueriesDep) -> DeliveryView:
    return DeliveryView.model_validate(await queries.delivery(webhook_id, delivery_id))


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    status_code=201,
)
async def post_webhook_delivery_resend(
    webhook_id: UUID, delivery_id: UUID, grant: Annotated[Grant, POLICY.allow("webhooks:write")], work: WorkDep
) -> QueuedView:
    resent = await resend_delivery(work, delivery_id, webhook_id=webhook_id, may_disclose=may_disclose(grant))
    return QueuedView.model_validate(resent)
