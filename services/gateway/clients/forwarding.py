"""Hands requests over to the service that owns their path, as plain ASGI: nothing is parsed on the way."""

import asyncio
from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.clients.headers import passing
from services.gateway.clients.upstream import Upstreams, ask, handed_over
from services.gateway.domain.paths import Composition, composition_of, owner_of
from shared.kit.http.audited import ASIDE
from shared.kit.http.caller import caller_of


class Forwarding:
    """Takes what a service owns, before any route of the gateway is looked at; what nobody owns goes to `otherwise`."""

    def __init__(self, upstreams: Upstreams, *, otherwise: ASGIApp) -> None:
        self._upstreams = upstreams
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        service = owner_of(scope["path"]) if scope["type"] == "http" else None
        upstream = self._upstreams.get(service) if service else None
        if upstream is None:
            await self._otherwise(scope, receive, send)
            return
        caller_of(Request(scope))  # refuses strangers at the door; the service verifies for itself again
        composition = composition_of(scope["method"], scope["path"])
        if composition is not None:
            await self._compose(composition, handed_over(scope), upstream, send)
            return
        await upstream(handed_over(scope), receive, _cleaned(send))

    async def _compose(self, composition: Composition, scope: Scope, upstream: ASGIApp, send: Send) -> None:
        """Ask both services at once and answer with the one object; whatever one of them refuses is the answer."""
        beside = {**scope, "path": scope["path"] + composition.suffix, "query_string": b""}
        beside["raw_path"] = scope["raw_path"] + composition.suffix.encode()  # what is escaped stays escaped
        beside["headers"] = [*scope["headers"], (ASIDE, b"true")]
        other = self._upstreams[owner_of(beside["path"]) or ""]
        whole, part = await asyncio.gather(ask(upstream, scope), ask(other, beside))
        if whole.status != HTTPStatus.OK:
            await whole.send(send)
        elif part.status != HTTPStatus.OK and part.status not in composition.withheld:
            await part.send(send)
        else:
            found = part.json() if part.status == HTTPStatus.OK else {}
            added = found.get(composition.member, composition.withheld.get(part.status))
            whole.body = orjson.dumps({**whole.json(), composition.member: added})
            await whole.send(send)


def _cleaned(send: Send) -> Send:
    """Keep the answer's headers to those that may pass; the gateway names the request itself."""

    async def cleaned(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": passing(message.get("headers", ()))}
        await send(message)

    return cleaned
