"""A reader of the feed."""

from typing import Any

import httpx

from shared.core.access import Principal
from tests.factories.installation import bearer

EVERYTHING_READ = (
    *("business_targets:write", "cycles:read", "employees:read", "metrics:read", "observations:read"),
    *("records:read", "schemes:read", "scores:read", "tenant:read"),
)


class Reader:
    """Follows the feed as one caller, from the beginning."""

    def __init__(self, client: httpx.AsyncClient, principal: Principal) -> None:
        self._client = client
        self._headers = bearer(principal)
        self.cursor: str | None = None

    async def ask(self, **params: Any) -> httpx.Response:
        given = {"cursor": self.cursor} if self.cursor is not None else {}
        return await self._client.get("/v1/changes", params={**given, **params}, headers=self._headers)

    async def read(self, **params: Any) -> list[dict[str, Any]]:
        """Read one page and remember its end."""
        response = await self.ask(**params)
        assert response.status_code == 200, response.text
        page = response.json()
        self.cursor = page["next_cursor"]
        data: list[dict[str, Any]] = page["data"]
        return data

    async def subjects(self, **params: Any) -> list[str]:
        return [row["subject"] for row in await self.read(**params)]
