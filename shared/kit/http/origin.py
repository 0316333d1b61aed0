"""Where callers see us: scheme and host of the public address, which the gateway tells the services behind it."""

from fastapi import Request
from starlette.types import Scope

ORIGIN = b"x-steelyard-origin"
"""By which the gateway says so; it lets no such header in from outside."""


def origin_of(request: Request) -> str:
    """Give it without a path, as what stands before the links of an answer."""
    return request.headers.get(ORIGIN.decode()) or f"{request.url.scheme}://{request.url.netloc}"


def origin_in(scope: Scope) -> str | None:
    """Read it off a request that came from outside."""
    host = next((value for name, value in scope["headers"] if name.lower() == b"host"), None)
    return None if host is None else f"{scope['scheme']}://{host.decode('latin-1')}"
