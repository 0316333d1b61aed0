"""Send once more what an endpoint missed or lost."""

from dataclasses import replace
from uuid import UUID

from services.notifier.domain.delivery import Delivery
from services.notifier.domain.endpoint import refuse_disclosure
from services.notifier.usecases.ports import Work


async def resend_delivery(work: Work, delivery_id: UUID, *, webhook_id: UUID, may_disclose: bool) -> Delivery:
    """Queue the same bytes under the same `webhook-id` as a new delivery.

    Raises NotFound, Forbidden (`full_payload_not_permitted`), Conflict (`webhook_disabled`, `delivery_unwanted`).
    """
    async with work() as uow:
        endpoint = await uow.endpoints.get(webhook_id)
        endpoint.require_enabled()
        sent = await uow.deliveries.get(delivery_id, endpoint_id=webhook_id)
        refuse_disclosure(sent.payload, permitted=may_disclose)
        endpoint.require_wanting(sent.event_type, sent.payload)
        again = replace(sent, id=uow.new_id())
        await uow.deliveries.queue([again], {})
        await uow.commit()
    return again
