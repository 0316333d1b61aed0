"""Mark a notification as read."""

from uuid import UUID

from services.notifier.domain.notification import Notification
from services.notifier.usecases.ports import Work
from shared.core.errors import NotFound


async def read_notification(work: Work, notification_id: UUID, *, reader: UUID) -> Notification:
    """Mark one's own notification; a second time changes nothing. Raises NotFound for somebody else's."""
    async with work() as uow:
        notification = await uow.notifications.get(notification_id)
        if notification.employee_id != reader:
            raise NotFound.of("notification")
        read = notification.read(at=uow.now())
        await uow.notifications.save(read)
        await uow.commit()
    return read
