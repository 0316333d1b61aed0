"""The one OpenAPI document, asked of every service once."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from services.gateway.clients.upstream import Upstreams, ask, inquiry
from services.gateway.domain.openapi import Document, unite
from shared.core.errors import Unavailable


class Description:
    """Remembers the united document; a service that is away leaves nothing half remembered."""

    def __init__(self, upstreams: Upstreams, own: Callable[[], Document]) -> None:
        self._upstreams = upstreams
        self._own = own
        self._document: Document | None = None
        self._asking = asyncio.Lock()

    async def document(self) -> Document:
        """Raise Unavailable (`description_missing`) where a service does not describe itself now."""
        async with self._asking:
            if self._document is None:
                parts = {service: await self._part(service) for service in self._upstreams}
                self._document = unite({**parts, "gateway": self._own()})
            return self._document

    async def _part(self, service: str) -> Document:
        answer = await ask(self._upstreams[service], inquiry("/openapi.json"))
        if answer.status != HTTPStatus.OK:
            raise Unavailable("description_missing", f"The service {service} does not describe itself now.")
        document: Document = answer.json()
        return document
