"""Hands requests over to the service that owns their path, as plain ASGI: nothing is parsed on the way."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.clients.composing import ask_part, gather_parts, is_told, value_of
from services.gateway.clients.headers import passing
from services.gateway.clients.upstream import Answer, Upstreams, ask, handed_over
from services.gateway.domain.paths import Composition, composition_of, owner_of
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
        """Ask all services at once and answer with the one object; what refuses the object itself is the answer."""
        path = composition.values(scope["path"]) or {}
        raw = composition.values(scope["raw_path"].decode("ascii")) or path  # what is escaped stays escaped
        if composition.partial:
            asked = gather_parts(self._upstreams, scope, composition.parts, path=path, raw=raw)
            whole, gathered = await asyncio.gather(ask(upstream, scope), asked)
            await _answer(whole, {**gathered.members, "missing": list(map(asdict, gathered.missing))}, send)
            return
        parts = composition.parts
        whole, *answers = await asyncio.gather(
            ask(upstream, scope), *(ask_part(self._upstreams, scope, part, path=path, raw=raw) for part in parts)
        )
        told = list(zip(parts, answers, strict=True))
        refusal = next((answer for part, answer in told if not is_told(part, answer)), None)
        if whole.status == HTTPStatus.OK and refusal is not None:
            await refusal.send(send)
            return
        members = {part.member: value_of(part, answer) for part, answer in told if is_told(part, answer)}
        await _answer(whole, members, send)


async def _answer(whole: Answer, members: Mapping[str, Any], send: Send) -> None:
    if whole.status == HTTPStatus.OK:
        whole.body = orjson.dumps({**whole.json(), **members})
    await whole.send(send)


def _cleaned(send: Send) -> Send:
    """Keep the answer's headers to those that may pass; the gateway names the request itself."""

    async def cleaned(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": passing(message.get("headers", ()))}
        await send(message)

    return cleaned
