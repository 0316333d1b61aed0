"""`/v1/notifications`: the caller's own inbox."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.notifier.api.deps import QueriesDep, WorkDep
from services.notifier.api.policy import POLICY
from services.notifier.usecases.read_notification import read_notification
from shared.core.access import Grant
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed

router = new_router(tag="notifications")


class NotificationView(View):
    id: UUID
    kind: str
    title: str
    body: str
    about: str
    link: str
    created_at: datetime
    updated_at: datetime
    read_at: datetime | None


@router.get("/notifications")
async def list_notifications(
    grant: Annotated[Grant, POLICY.allow("notifications:read")],
    queries: QueriesDep,
    page: UpdatedParams,
    unread: Annotated[bool | None, Query(description="only unread ones, or only read ones; newest first")] = None,
) -> Listed[NotificationView]:
    reader = grant.principal.as_employee()
    return listed(await queries.notifications(reader, page, unread=unread), NotificationView.model_validate)


@router.post("/notifications/{notification_id}/read")
async def post_notification_read(
    notification_id: UUID, grant: Annotated[Grant, POLICY.allow("notifications:write")], work: WorkDep
) -> NotificationView:
    read = await read_notification(work, notification_id, reader=grant.principal.as_employee())
    return NotificationView.model_validate(read)
