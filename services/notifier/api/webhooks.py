"""`/v1/webhooks`: where subscribers want to hear of what."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.notifier.api.deps import QueriesDep, TargetsDep, WorkDep
from services.notifier.api.policy import POLICY, may_disclose
from services.notifier.domain.endpoint import EventType, Payload
from services.notifier.domain.targets import MAX_URL_LENGTH
from services.notifier.usecases.change_webhook import change_webhook
from services.notifier.usecases.create_webhook import create_webhook
from services.notifier.usecases.remove_webhook import remove_webhook
from shared.core.access import Grant
from shared.kit.http.answers import Secret
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="webhooks")
ToWrite = Annotated[Grant, POLICY.allow("webhooks:write")]
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH, examples=["https://hr.example.com/steelyard"])]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=50)]
Description = Annotated[str | None, Field(max_length=500)]


class NewWebhook(Body):
    url: Url
    event_types: EventTypes
    payload: Payload = "thin"
    description: Description = None


class WebhookPatch(Body):
    url: Url = OMITTED
    event_types: EventTypes = OMITTED
    payload: Payload = OMITTED
    description: Description = None
    enabled: bool = OMITTED


class WebhookView(View):
    id: UUID
    url: str
    event_types: list[str]
    payload: str
    description: str | None
    enabled: bool
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime
    sequence: int


class CreatedWebhookView(WebhookView):
    secret: Secret
    """Verifies the signatures; keep it, it is not shown again."""


@router.get("/webhooks", dependencies=[POLICY.allow("webhooks:read")])
async def list_webhooks(queries: QueriesDep, page: UpdatedParams) -> Listed[WebhookView]:
    return listed(await queries.webhooks(page), WebhookView.model_validate)


@router.get("/webhooks/{webhook_id}", dependencies=[POLICY.allow("webhooks:read")])
async def get_webhook(webhook_id: UUID, response: Response, queries: QueriesDep) -> WebhookView:
    row = await queries.webhook(webhook_id)
    return tagged(response, WebhookView.model_validate(row))


@router.post("/webhooks", status_code=201)
async def post_webhook(
    body: NewWebhook, response: Response, grant: ToWrite, work: WorkDep, targets: TargetsDep
) -> CreatedWebhookView:
    endpoint, secret = await create_webhook(
        work, **body.model_dump(), targets=targets, may_disclose=may_disclose(grant)
    )
    shown = WebhookView.model_validate(endpoint)
    return tagged(response, CreatedWebhookView(**shown.model_dump(), secret=secret.value))


@router.patch("/webhooks/{webhook_id}")
async def patch_webhook(
    webhook_id: UUID,
    body: WebhookPatch,
    *,
    response: Response,
    grant: ToWrite,
    work: WorkDep,
    targets: TargetsDep,
    expected: ExpectedVersion,
) -> WebhookView:
    changes = body.model_dump(exclude_unset=True)
    changed = await change_webhook(
        work, webhook_id, changes, targets=targets, may_disclose=may_disclose(grant), expected=expected
    )
    return tagged(response, WebhookView.model_validate(changed))


@router.delete("/webhooks/{webhook_id}", status_code=204, dependencies=[POLICY.allow("webhooks:write")])
async def delete_webhook(webhook_id: UUID, work: WorkDep, expected: ExpectedVersion) -> None:
    await remove_webhook(work, webhook_id, expected=expected)
