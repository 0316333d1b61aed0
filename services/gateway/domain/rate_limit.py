"""How often a caller may ask: kinds of requests, quotas over time, and the ration a gateway spends by itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from shared.core.errors import RateLimited

Kind = Literal["reads", "writes", "ingest", "logins"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_INGEST = frozenset({"/v1/observations"})
_LOGINS = frozenset({"/v1/sessions"})
_LOGIN_ROOM = "/oauth/"
_UNLIMITED = frozenset({"/healthz", "/readyz"})
_LEADING_IN = frozenset({"/oauth/provider", "/oauth/callback"})
"""Read, and yet a part of a log-in: each asks somebody else."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_BLOCKS = 20
_LARGEST_BLOCK = 500
_LEAST_REFUSAL = 1.0
"""Seconds; whole ones are what `Retry-After` can say, so nobody need look again before."""


def kind_of(method: str, path: str) -> Kind | None:
    """Tell what a request counts as; None for probes, which count as nothing."""
    if path in _UNLIMITED:
        return None
    if path in _LEADING_IN:
        return "logins"
    if method in _READING:
        return "reads"
    if path in _LOGINS or path.startswith(_LOGIN_ROOM):
        return "logins"
    return "ingest" if path in _INGEST else "writes"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in any stretch of so many seconds."""

    amount: int
    seconds: int

    def __post_init__(self) -> None:
        if self.amount < 1 or self.seconds < 1:
            raise ValueError("a quota admits at least one request in at least one second")

    @property
    def block(self) -> int:
        """What one gateway takes at once, and so may spend too much at most: a twentieth, and never very much.

        What a process holds when it ends is lost to its caller until the quota grows again.
        """
        return max(1, min(self.amount // _BLOCKS, _LARGEST_BLOCK))


Quotas = Mapping[Kind, Quota]


@dataclass(frozen=True, slots=True)
class Grant:
    """What was taken from a shared quota, what is left there, and the seconds until it grows again."""

    taken: int
    left: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after a request."""

    kind: Kind
    quota: Quota
    remaining: int
    seconds: int
    """Until there is more."""


@dataclass(slots=True)
class Ration:
    """One caller's part of a shared quota in one gateway; times are those of a clock that is never set."""

    quota: Quota
    held: int = 0
    left: int = 0
    fresh_until: float = 0.0
    more_at: float = 0.0
    refused_until: float = 0.0

    def is_due(self, now: float) -> bool:
        """Tell whether the shared quota must be asked before the next request is decided."""
        return now >= self.refused_until and (self.held == 0 or now >= self.fresh_until)

    def renew(self, quota: Quota, grant: Grant, *, now: float) -> None:
        """Take in a grant; what was held longer than the quota's time no longer counts there, and is given up."""
        self.quota, self.held, self.left = quota, grant.taken, grant.left
        self.fresh_until = now + quota.seconds
        self.more_at = now + grant.seconds
        self.refused_until = 0.0 if grant.taken else now + max(grant.seconds, _LEAST_REFUSAL)

    def spend(self, kind: Kind, *, now: float) -> Standing:
        """Count one request. Raises Exceeded."""
        if self.held:
            self.held -= 1
            return Standing(kind, self.quota, self.held + self.left, max(0, math.ceil(self.more_at - now)))
        seconds = max(1, math.ceil(self.refused_until - now))
        raise Exceeded(Standing(kind, self.quota, 0, seconds))


class Exceeded(RateLimited):
    """A quota is used up."""

    def __init__(self, standing: Standing) -> None:
        detail = f"At most {standing.quota.amount} {standing.kind} in {standing.quota.seconds} seconds; wait a moment."
        super().__init__("rate_limited", detail, retry_after=standing.seconds)
        self.standing = standing
