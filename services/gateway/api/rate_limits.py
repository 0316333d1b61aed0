"""Lets each caller ask so often and no oftener, and says on every answer what is left; plain ASGI."""

from collections.abc import Sequence
from contextlib import ExitStack
from ipaddress import ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.domain.rate_limit import Exceeded, Kind, Standing, kind_of
from services.gateway.usecases.ration_requests import Caller, Rationing
from shared.core.errors import Denied, RateLimited
from shared.kit.http.caller import caller_of
from shared.kit.http.headers import Header, Limit, rate_limit_headers
from shared.kit.http.problems import refusal

_IPV6_PREFIX = 64
"""What one customer of a provider is given at least; single addresses in it cost nothing."""


class Rationed:
    """Refuses what a caller may not ask now, before anything is done for it."""

    def __init__(self, app: ASGIApp, *, rationing: Rationing) -> None:
        self._app = app
        self._rationing = rationing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if kind is None:
            await self._app(scope, receive, send)
            return
        caller = _caller(scope, kind)
        with ExitStack() as until_answered:
            app, free, standing = self._app, 0, None
            try:
                free = until_answered.enter_context(self._rationing.in_flight(caller))
                standing = await self._rationing.spend(caller, kind)
            except RateLimited as error:
                app = refusal(Request(scope), error)
                standing = error.standing if isinstance(error, Exceeded) else None
            await app(scope, receive, _adding([*_rate(standing), self._concurrency(free)], send))

    def _concurrency(self, free: int) -> Limit:
        return Limit("in-flight", self._rationing.most_in_flight, free, unit="concurrent-requests")


def _rate(standing: Standing | None) -> Sequence[Limit]:
    if standing is None:
        return ()
    quota = standing.quota
    return (Limit(standing.kind, quota.amount, standing.remaining, seconds=quota.seconds, reset=standing.seconds),)


def _caller(scope: Scope, kind: Kind) -> Caller:
    """Tell who asks: whom the token names, or without a valid one, and whenever somebody logs in, the address."""
    if kind != "logins":
        try:
            principal = caller_of(Request(scope))
        except Denied:
            pass
        else:
            return Caller(principal.subject, principal.tenant_id)
    return caller_by_address(scope)


def caller_by_address(scope: Scope) -> Caller:
    """Name who has not proven anything yet."""
    host, _ = scope.get("client") or ("unknown", 0)
    return Caller(_network(host))


def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, _IPV6_PREFIX), strict=False)) if address.version == 6 else host  # noqa: PLR2004


def _adding(limits: Sequence[Limit], send: Send) -> Send:
    headers: list[Header] = rate_limit_headers(limits)

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *headers]}
        await send(message)

    return adding
