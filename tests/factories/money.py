"""HR at work on exchange rates."""

from typing import Any

import httpx

from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.sellers import Sellers


class Desk:
    """HR, who keeps the rates."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self._client = client
        self._headers = bearer(make_hr(sellers.tenant_id))

    async def rate(self, day: str, rate: str | None, *, base: str = "USD", quote: str = "CNY") -> str:
        """Set a rate; gives what became of it."""
        body = {"source": "PBOC", "items": [{"base": base, "quote": quote, "day": day, "rate": rate}]}
        response = await self.put(body)
        assert response.status_code == 200, response.text
        status: str = response.json()["items"][0]["status"]
        return status

    async def put(self, body: Any) -> httpx.Response:
        return await self._client.put("/v1/exchange-rates", json=body, headers=self._headers)

    async def get(self, path: str, **params: Any) -> Any:
        response = await self._client.get(path, params=params, headers=self._headers)
        assert response.status_code == 200, response.text
        return response.json()
