"""Quotas that all gateways share, counted by the library `limits`; in an outage each process counts for itself."""

import asyncio
import math
import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from services.gateway.domain.rate_limit import Grant, Quota
from shared.kit.log import get_logger

PATIENCE_SECONDS = 0.5
"""A request may wait so long for the shared count, and no longer."""
MOST_ALONE = 20_000
"""Keys counted in an outage; with more of them, counting begins anew, for it must not take all memory."""
RETRY_SECONDS = 5.0
"""After a failure the shared count is left alone for so long, and then tried by one request."""


class Quotas:
    def __init__(self, storage: Storage, *, memory: MemoryStorage | None = None, most_alone: int = MOST_ALONE) -> None:
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._memory = memory or MemoryStorage()
        self._most_alone = most_alone
        self._alone = SlidingWindowCounterRateLimiter(self._memory)
        self._left_alone_until = 0.0
        self._failing = False
        self._log = get_logger(__name__)

    async def take(self, key: str, quota: Quota) -> Grant:
        """Take up to a block of a quota."""
        if time.monotonic() < self._left_alone_until:
            return await self._take_alone(key, quota)
        if self._failing:
            self._left_alone_until = time.monotonic() + RETRY_SECONDS
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                grant = await _take(self._shared, key, quota)
        except (StorageError, OSError) as error:
            self._note_failure(error)
            return await self._take_alone(key, quota)
        self._note_success()
        return grant

    async def _take_alone(self, key: str, quota: Quota) -> Grant:
        if len(self._memory.storage) >= self._most_alone:
            await self._memory.reset()
        return await _take(self._alone, key, quota)

    def _note_failure(self, error: Exception) -> None:
        if not self._failing:
            self._log.warning("quotas.alone", reason=type(error.__cause__ or error).__name__)
        self._failing, self._left_alone_until = True, time.monotonic() + RETRY_SECONDS

    def _note_success(self) -> None:
        if self._failing:
            self._log.info("quotas.shared")
        self._failing, self._left_alone_until = False, 0.0


async def _take(limiter: SlidingWindowCounterRateLimiter, key: str, quota: Quota) -> Grant:
    """Take a block; near the end of a quota, what is left of it."""
    item = RateLimitItemPerSecond(quota.amount, quota.seconds, namespace="quota")
    taken = quota.block if await limiter.hit(item, key, cost=quota.block) else 0
    resets_at, left = await limiter.get_window_stats(item, key)
    rest = min(left, quota.block)
    if not taken and rest and await limiter.hit(item, key, cost=rest):
        taken, left = rest, left - rest
    seconds = min(max(math.ceil(resets_at - time.time()), 1), quota.seconds)  # bounded, should the clock be set
    return Grant(taken, left, seconds)
