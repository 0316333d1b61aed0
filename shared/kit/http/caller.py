"""The caller of a request, verified once and remembered on its scope."""

from fastapi import Request

from shared.core.access import Principal
from shared.core.errors import Unauthenticated
from shared.kit.audit import CALLER
from shared.kit.auth.tokens import AccessToken


def caller_of(request: Request) -> Principal:
    """Verify the bearer token of a request. Raises Unauthenticated."""
    return token_of(request).principal


def token_of(request: Request) -> AccessToken:
    """Verify the bearer token of a request, and give all that it says. Raises Unauthenticated."""
    known: AccessToken | None = request.scope.get(CALLER)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("token_missing", "Send an access token as `Authorization: Bearer …`.")
    found = request.scope[CALLER] = verified(request, token.strip())
    return found


def verified(request: Request, token: str) -> AccessToken:
    """Give what a token says. Raises Unauthenticated (`token_invalid`, `token_expired`, `token_revoked`)."""
    found: AccessToken = request.app.state.verifier.verify(token)
    request.app.state.revocations.refuse(found)
    return found
