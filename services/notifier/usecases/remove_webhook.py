"""Remove an endpoint with its secrets and its log."""

from uuid import UUID

from services.notifier.usecases.ports import Work
from shared.core.versions import require_version


async def remove_webhook(work: Work, webhook_id: UUID, *, expected: int | None) -> None:
    """Raise NotFound, PreconditionFailed."""
    async with work() as uow:
        endpoint = await uow.endpoints.get(webhook_id)
        require_version(endpoint.sequence, expected)
        await uow.endpoints.remove(endpoint)
        await uow.commit()
