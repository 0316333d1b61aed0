"""Deliveries: one message on its way to one endpoint, and what becomes of it after each attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from services.notifier.domain.endpoint import Payload

State = Literal["pending", "leased", "delivered", "dead", "skipped"]

RETRY_SCHEDULE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long each attempt waits after the one before (the example of the Standard Webhooks specification)."""
JITTER = 0.2
"""Waits are spread by this share to either side, so that what failed together does not return together."""
LONGEST_RETRY_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message queued for an endpoint."""

    id: UUID
    endpoint_id: UUID
    message_id: UUID
    payload: Payload
    event_type: str
    subject: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery taken out of the queue under a lease, with all that sending it needs."""

    tenant_id: UUID
    delivery_id: UUID
    endpoint_id: UUID
    message_id: UUID
    lease_token: UUID
    attempt: int
    """The number of the attempt about to be made, from 1."""
    url: str
    wanted: bool
    """Whether the endpoint is still enabled, and wants this type in so full a form."""
    secrets: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an attempt: a status with the beginning of its body, or a named `error`."""

    duration: timedelta
    status: int | None = None
    body: bytes = b""
    retry_after: str | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to record: the delivery's next state, and the attempt where one was made."""

    parcel: Parcel
    state: State
    retry_in: timedelta = timedelta(0)
    started_at: datetime | None = None
    reply: Reply | None = None

    @property
    def endpoint_gone(self) -> bool:
        return self.reply is not None and self.reply.status == HTTPStatus.GONE


def judge(
    parcel: Parcel, reply: Reply, *, at: datetime, schedule: Sequence[timedelta], spread: float
) -> tuple[State, timedelta]:
    """Decide the state after an attempt begun `at`, and how long a retry waits.

    `spread`, from -1 to 1, says where within the jitter the wait falls.
    """
    if reply.accepted:
        return "delivered", timedelta(0)
    if reply.status == HTTPStatus.GONE or parcel.attempt >= len(schedule):
        return "dead", timedelta(0)
    planned = schedule[parcel.attempt] * (1 + JITTER * spread)
    asked = min(_asked_wait(reply.retry_after, at), LONGEST_RETRY_AFTER)
    return "pending", max(planned, asked)


def _asked_wait(retry_after: str | None, at: datetime) -> timedelta:
    """Read `Retry-After` in either form (RFC 9110 §10.2.3); nonsense asks for nothing."""
    if retry_after is None:
        return timedelta(0)
    if retry_after.isascii() and retry_after.isdigit():
        return min(timedelta(seconds=int(retry_after[:9])), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return timedelta(0)
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(aware - at, timedelta(0))
