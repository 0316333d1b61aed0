"""Send an endpoint something harmless, so that its owner sees whether it works."""

from uuid import UUID

from services.notifier.domain.delivery import Delivery
from services.notifier.domain.endpoint import TEST_EVENT, Endpoint
from services.notifier.domain.message import Message
from services.notifier.usecases.ports import UnitOfWork, Work


async def send_test_event(work: Work, webhook_id: UUID) -> Delivery:
    """Queue a test event. Raises NotFound, Conflict (`webhook_disabled`)."""
    async with work() as uow:
        endpoint = await uow.endpoints.get(webhook_id)
        endpoint.require_enabled()
        message = _test_event(uow, endpoint)
        delivery = message.to(endpoint, delivery_id=uow.new_id())
        await uow.deliveries.queue([delivery], {(message.id, endpoint.payload): message.body(endpoint.payload)})
        await uow.commit()
    return delivery


def _test_event(uow: UnitOfWork, endpoint: Endpoint) -> Message:
    data = {"webhook_id": str(endpoint.id), "url": f"/v1/webhooks/{endpoint.id}"}
    return Message(
        id=uow.new_id(),
        tenant_id=uow.tenant_id,
        source="/notifier",
        type=TEST_EVENT,
        subject=f"webhooks/{endpoint.id}",
        time=uow.now(),
        sequence=endpoint.sequence,
        thin=data,
        full=data,
    )
