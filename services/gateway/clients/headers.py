"""Which headers pass the gateway: none that belong to one connection, none that are ours to set."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

Headers = Iterable[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    },
)
"""RFC 9110 §7.6.1; what `Connection` names comes on top."""
_INTERNAL = b"x-steelyard-"
"""Services may tell each other things under this prefix; a caller from outside may not."""
_OURS = frozenset({b"x-request-id", b"traceparent"})
"""Set anew at the gateway."""


def passing(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Leave out what must not pass, in either direction."""
    lower = [(name.lower(), value) for name, value in headers]
    named = {part.strip().lower() for name, value in lower if name == b"connection" for part in value.split(b",")}
    stopped = _HOP_BY_HOP | _OURS | named
    return [(name, value) for name, value in lower if name not in stopped and not name.startswith(_INTERNAL)]


class FromOutside:
    """Takes off requests whatever only services tell each other, before any route of the gateway believes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name.lower().startswith(_INTERNAL) for name, _ in scope["headers"]):
            kept = [pair for pair in scope["headers"] if not pair[0].lower().startswith(_INTERNAL)]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)
