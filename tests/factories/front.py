"""A gateway on a port of its own before services on theirs, and the caller who asks it."""

import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import aiohttp
from starlette.types import ASGIApp
from yarl import URL

from services.gateway.app import build_app
from services.gateway.clients.pool import Patience
from services.gateway.clients.remote import RemoteServices
from services.gateway.wiring import Wiring
from tests.factories.serving import serving, serving_whole

BRISK = Patience(connect_seconds=1, silent_seconds=0.3, total_seconds=20)
EMPLOYEES = "/v1/employees"
OK = {"type": "http.response.start", "status": 200, "headers": []}
UNAVAILABLE = (503, "service_unavailable", True)


class Front:
    """A gateway on a port of its own, and the caller who asks it."""

    def __init__(self, wiring: Wiring, stack: AsyncExitStack, headers: Mapping[str, str]) -> None:
        self._wiring = wiring
        self._stack = stack
        self._headers = headers

    async def before(
        self, patience: Patience | None = None, *, clock: Callable[[], float] = time.monotonic, **apps: ASGIApp | str
    ) -> "Caller":
        """Serve the gateway in front of these applications and URLs."""
        urls = {
            service: app if isinstance(app, str) else await self._stack.enter_async_context(serving(app))
            for service, app in apps.items()
        }
        remote = RemoteServices(urls, patience=patience, clock=clock)
        url = await self._stack.enter_async_context(serving_whole(build_app(replace(self._wiring, remote=remote))))
        session = aiohttp.ClientSession(headers=self._headers, auto_decompress=False)
        return Caller(await self._stack.enter_async_context(session), url)


class Caller:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self._url = url

    def at(self, target: str) -> URL:
        return URL(self._url + target, encoded=True)

    async def ask(self, target: str, method: str = "GET", **options: Any) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.session.request(method, self.at(target), allow_redirects=False, **options) as response:
            return response, await response.read()

    async def refusal(self, target: str = EMPLOYEES, **options: Any) -> tuple[int, str, bool]:
        response, _ = await self.ask(target, **options)
        problem = await response.json(content_type="application/problem+json")
        return response.status, problem["code"], problem["retryable"]
