"""Quotas counted in a Redis, of which a failure is told at once and never waited for."""

from typing import Any

from limits.aio.storage import RedisStorage
from redis.asyncio import ConnectionPool

from services.gateway.store.quotas.blocks import PATIENCE_SECONDS


class QuotaRedis(RedisStorage):
    STORAGE_SCHEME: list[str] = []  # noqa: RUF012 -- the library declares it so

    def __init__(self, url: str) -> None:
        patience: dict[str, Any] = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
        self._pool = ConnectionPool.from_url(url, **patience)
        given: dict[str, Any] = {"connection_pool": self._pool}  # the library's annotation forgets objects
        super().__init__(f"async+{url}", wrap_exceptions=True, implementation="redispy", **given)

    async def close(self) -> None:
        await self._pool.aclose()
