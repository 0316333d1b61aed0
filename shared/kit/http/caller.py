"""The caller of a request, verified once and remembered on its scope."""

from fastapi import Request

from shared.core.access import Principal
from shared.core.errors import Unauthenticated

_SCOPE_KEY = "steelyard.caller"


def caller_of(request: Request) -> Principal:
    """Verify the bearer token of a request. Raises Unauthenticated."""
    known: Principal | None = request.scope.get(_SCOPE_KEY)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("token_missing", "Send an access token as `Authorization: Bearer …`.")
    principal: Principal = request.app.state.verifier.verify(token.strip())
    request.scope[_SCOPE_KEY] = principal
    return principal
