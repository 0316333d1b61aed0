"""The headers of drafts and younger standards, in one place: should one of them change, this file does.

`RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-11.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Header = tuple[bytes, bytes]

RATE_LIMIT = "RateLimit"
RATE_LIMIT_POLICY = "RateLimit-Policy"
RETRY_AFTER = "Retry-After"


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


def _header(name: str, value: str) -> Header:
    return name.lower().encode(), value.encode()
