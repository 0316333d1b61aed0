"""Stop sending to an endpoint that said it is gone."""

from uuid import UUID

from services.notifier.usecases.ports import Work


async def disable_webhook(work: Work, webhook_id: UUID, *, reason: str) -> None:
    """Disable an endpoint for a named reason; one that is disabled or deleted already is left as it is."""
    async with work() as uow:
        endpoint = await uow.endpoints.find(id=webhook_id, enabled=True)
        if endpoint is None:
            return
        disabled = endpoint.disabled(reason, at=uow.now())
        await uow.endpoints.save(disabled)
        await uow.deliveries.skip_unwanted(disabled)
        await uow.commit()
