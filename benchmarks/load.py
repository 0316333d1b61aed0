"""Sends prepared bodies over HTTP, a few at once, from a client that costs little."""

from asyncio import gather
from collections.abc import Iterable, Iterator
from http import HTTPStatus

import aiohttp

OBSERVATIONS = "/v1/observations"


class Sender:
    """Posts to one URL with one token."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, token: str) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def post(self, body: bytes) -> bytes:
        """Give the answer's body. Raises RuntimeError unless everything in it met the same good fate."""
        async with self._session.post(self._url, data=body, headers=self._headers) as response:
            answer = await response.read()
        if response.status != HTTPStatus.OK:
            raise RuntimeError(f"{self._url} answered {response.status}: {answer[:500].decode()}")
        return answer

    async def post_all(self, bodies: Iterable[bytes], *, at_once: int) -> None:
        waiting = iter(bodies)
        await gather(*(self._post_on(waiting) for _ in range(at_once)))

    async def _post_on(self, waiting: Iterator[bytes]) -> None:
        for body in waiting:
            await self.post(body)
