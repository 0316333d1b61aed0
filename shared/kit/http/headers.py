"""The headers of drafts and younger standards, in one place: should one of them change, this file does.

`RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-11, `Deprecation` as in RFC 9745,
`Sunset` as in RFC 8594, `successor-version` as in RFC 5829.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

Header = tuple[bytes, bytes]

RATE_LIMIT = "RateLimit"
RATE_LIMIT_POLICY = "RateLimit-Policy"
RETRY_AFTER = "Retry-After"
DEPRECATION = "Deprecation"
SUNSET = "Sunset"
LINK = "Link"
SENT_BY_BROWSERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id")
"""What scripts of other origins may send, where they may ask at all."""
SHOWN_TO_BROWSERS = (
    *("ETag", "Idempotency-Replayed", "Location", "WWW-Authenticate", "X-Request-Id"),
    *(RETRY_AFTER, RATE_LIMIT, RATE_LIMIT_POLICY, DEPRECATION, SUNSET, LINK),
)
"""And what they may read of the answer."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One policy and where its caller stands: `seconds` is the policy's time, `reset` when there is more again."""

    name: str
    quota: int
    remaining: int
    seconds: int | None = None
    reset: int | None = None
    unit: str | None = None
    """What is counted, where it is not requests."""

    def policy(self) -> str:
        unit = f';qu="{self.unit}"' if self.unit else ""
        window = f";w={self.seconds}" if self.seconds else ""
        return f'"{self.name}";q={self.quota}{unit}{window}'

    def standing(self) -> str:
        reset = "" if self.reset is None else f";t={self.reset}"
        return f'"{self.name}";r={self.remaining}{reset}'


def rate_limit_headers(limits: Sequence[Limit]) -> list[Header]:
    """Say which limits hold for a caller, and what is left of each."""
    return [
        _header(RATE_LIMIT_POLICY, ", ".join(limit.policy() for limit in limits)),
        _header(RATE_LIMIT, ", ".join(limit.standing() for limit in limits)),
    ]


def deprecation_headers(*, since: datetime, sunset: datetime | None, successor: str | None) -> list[Header]:
    """Say since when something is deprecated, when it may be gone, and what to use instead."""
    headers = [_header(DEPRECATION, f"@{int(since.timestamp())}")]
    if sunset is not None:
        headers.append(_header(SUNSET, format_datetime(sunset.astimezone(UTC), usegmt=True)))
    if successor is not None:
        headers.append(_header(LINK, f'<{successor}>; rel="successor-version"'))
    return headers


def _header(name: str, value: str) -> Header:
    return name.lower().encode(), value.encode()
