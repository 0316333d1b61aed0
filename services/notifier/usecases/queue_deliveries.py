"""Queue messages for every endpoint that wants them."""

from collections.abc import Sequence

from services.notifier.domain.message import Message, coalesce
from services.notifier.usecases.ports import Work


async def queue_deliveries(work: Work, messages: Sequence[Message]) -> None:
    """Store each body once in each form that is wanted, and a delivery for each endpoint."""
    current = coalesce(messages)
    async with work() as uow:
        endpoints = await uow.endpoints.subscribed({message.type for message in current})
        wanted = [
            (message, endpoint) for endpoint in endpoints for message in current if message.type in endpoint.event_types
        ]
        forms = {(message.id, endpoint.payload): message for message, endpoint in wanted}
        await uow.deliveries.queue(
            [message.to(endpoint, delivery_id=uow.new_id()) for message, endpoint in wanted],
            {(message_id, payload): message.body(payload) for (message_id, payload), message in forms.items()},
        )
        await uow.commit()
