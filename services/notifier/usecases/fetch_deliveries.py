"""Hand over what waits for a listener, signed as it would have been sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifier.domain.endpoint import refuse_disclosure
from services.notifier.usecases.ports import Work
from services.notifier.usecases.send_delivery import signed


@dataclass(frozen=True, slots=True)
class Fetched:
    headers: Mapping[str, str]
    body: str


async def fetch_deliveries(
    work: Work, webhook_id: UUID, *, limit: int, at: datetime, may_disclose: bool
) -> Sequence[Fetched]:
    """Call them delivered; what got lost on the way can be sent again. `at` is real time.

    Raises NotFound, Conflict (`not_a_listener`, `webhook_disabled`), Forbidden (`full_payload_not_permitted`).
    """
    async with work() as uow:
        endpoint = await uow.endpoints.get(webhook_id)
        endpoint.require_listener()
        endpoint.require_enabled()
        refuse_disclosure(endpoint.payload, permitted=may_disclose)
        held = [
            each for each in await uow.secrets.all(endpoint_id=webhook_id) if not each.not_after or each.not_after > at
        ]
        secrets = [each.value for each in sorted(held, key=lambda each: each.created_at, reverse=True)]
        found = await uow.deliveries.fetch(webhook_id, limit=limit)
        await uow.commit()
    return [Fetched(signed(message_id, body, secrets, at), body.decode()) for message_id, body in found]
