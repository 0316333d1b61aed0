"""The demo's way into the public API: one connection pool, one caller per role, every refusal shown whole."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import httpx

Json = dict[str, Any]
Token = Callable[[], Awaitable[str]]
_NO_LIMIT = 200


class Refused(Exception):
    """The API answered with a problem document."""

    def __init__(self, response: httpx.Response) -> None:
        self.problem: Json = _problem(response)
        request = response.request
        super().__init__(f"{request.method} {request.url.path} → {response.status_code} {self.problem}")


class Caller:
    """Somebody who calls the API: a person who logged in, or a system with client credentials."""

    def __init__(self, http: httpx.AsyncClient, token: Token) -> None:
        self._http = http
        self._token = token

    async def get(self, path: str, **params: object) -> Json:
        return await self._call("GET", path, params=params)

    async def all(self, path: str, **params: object) -> list[Json]:
        """Follow the cursor of a list to its end."""
        rows: list[Json] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, limit=_NO_LIMIT, **params, **({"cursor": cursor} if cursor else {}))
            rows += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows

    async def post(self, path: str, body: object = None, **headers: str) -> Json:
        return await self._call("POST", path, headers, json=body)

    async def put(self, path: str, body: object) -> Json:
        return await self._call("PUT", path, json=body)

    async def patch(self, path: str, body: object) -> Json:
        return await self._call("PATCH", path, json=body)

    async def _call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        **arguments: Any,  # noqa: ANN401 -- httpx's
    ) -> Json:
        sent = {"Authorization": f"Bearer {await self._token()}", **(headers or {})}
        response = await self._http.request(method, path, headers=sent, **arguments)
        if response.is_error:
            raise Refused(response)
        answer: Json = response.json() if response.content else {}
        return answer


class Api:
    """The running stack; makes callers whose tokens renew themselves."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=120)

    def person(self, *, tenant: str, username: str, password: str) -> Caller:
        """Log a person in with a local account."""
        body = {"tenant": tenant, "username": username, "password": password}
        return self._caller(lambda: self._http.post("/v1/sessions", json=body))

    def client(self, *, client_id: str, client_secret: str) -> Caller:
        """Let a system in by OAuth 2.0 client credentials."""
        form = {"grant_type": "client_credentials"}
        return self._caller(lambda: self._http.post("/oauth/token", data=form, auth=(client_id, client_secret)))

    def _caller(self, grant: Callable[[], Awaitable[httpx.Response]]) -> Caller:
        return Caller(self._http, _Renewing(grant).token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()


class _Renewing:
    """Keeps a token until half of its life is over; calls at the same time ask for one together."""

    def __init__(self, grant: Callable[[], Awaitable[httpx.Response]]) -> None:
        self._grant = grant
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        async with self._asking:
            if time.monotonic() >= self._good_until:
                await self._ask()
        return self._token

    async def _ask(self) -> None:
        now = time.monotonic()
        response = await self._grant()
        if response.is_error:
            raise Refused(response)
        answer = response.json()
        self._token = answer["access_token"]
        self._good_until = now + answer["expires_in"] / 2


def _problem(response: httpx.Response) -> Json:
    try:
        problem: Json = response.json()
    except ValueError:
        return {"detail": response.text[:500]}
    return problem
