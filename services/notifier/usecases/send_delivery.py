"""Send one delivery: sign for this moment, post, judge the reply."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from standardwebhooks.webhooks import Webhook

from services.notifier.domain.delivery import Outcome, Parcel, Reply, judge
from services.notifier.usecases.ports import Courier
from shared.core.clock import Clock

_log = logging.getLogger(__name__)


async def send_delivery(
    parcel: Parcel,
    courier: Courier,
    *,
    clock: Clock,
    schedule: Sequence[timedelta],
    spread: Callable[[], float],
) -> Outcome:
    """Give what is to be recorded; an endpoint that wants it no more is not bothered."""
    if not parcel.wanted:
        return Outcome(parcel, "skipped")
    at = clock.now()
    reply = await _attempt(parcel, courier, at)
    state, retry_in = judge(parcel, reply, at=at, schedule=schedule, spread=spread())
    return Outcome(parcel, state, retry_in=retry_in, started_at=at, reply=reply)


async def _attempt(parcel: Parcel, courier: Courier, at: datetime) -> Reply:
    """Sign and post; whatever is wrong with one delivery fails that delivery, not the dispatcher of everybody.

    What cannot be signed is not sent.
    """
    if not parcel.secrets:
        return Reply(timedelta(0), error="secret_unsealable")
    try:
        return await courier.post(
            parcel.url, body=parcel.body, headers=signed(parcel.message_id, parcel.body, parcel.secrets, at)
        )
    except Exception:  # noqa: BLE001 -- it is logged, and becomes a failed attempt
        _log.exception("delivery.failed")
        return Reply(timedelta(0), error="internal")


def signed(message_id: UUID, body: bytes, secrets: Sequence[str], at: datetime) -> Mapping[str, str]:
    """Write the Standard Webhooks headers: one signature for each secret that holds, the newest first."""
    signatures = [Webhook(secret).sign(str(message_id), at, body.decode()) for secret in secrets]
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
