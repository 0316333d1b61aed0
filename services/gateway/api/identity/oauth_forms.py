"""What the endpoints of OAuth 2.0 have in common: forms in, errors of their own kind out (RFC 6749 §5.2)."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from shared.core.errors import DomainError, Forbidden, RateLimited, Unauthenticated, Unavailable
from shared.kit.audit import refuse
from shared.kit.http.app import View

AUTHORIZE, TOKEN, REVOKE, INTROSPECT = (f"/oauth/{name}" for name in ("authorize", "token", "revoke", "introspect"))
PROVIDER, CALLBACK = "/oauth/provider", "/oauth/callback"
JWKS = "/.well-known/jwks.json"
_MOST_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"


class OauthErrorView(View):
    """RFC 6749 §5.2."""

    error: str
    error_description: str


REFUSALS: dict[int | str, dict[str, Any]] = {400: {"model": OauthErrorView}, 401: {"model": OauthErrorView}}


class OauthError(Exception):
    def __init__(self, error: str, description: str, *, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.error = error
        self.status = status
        self.retry_after = retry_after

    def as_response(self) -> Response:
        headers = {"Cache-Control": "no-store"}
        if self.status == 401:  # noqa: PLR2004 -- RFC 6749 §5.2: tell how to authenticate
            headers["WWW-Authenticate"] = 'Basic realm="oauth"'
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return JSONResponse({"error": self.error, "error_description": str(self)}, self.status, headers)


_WORDS: tuple[tuple[type[DomainError], str | None, str, int], ...] = (
    (Unauthenticated, "client_invalid", "invalid_client", 401),
    (Unauthenticated, None, "invalid_grant", 400),
    (Forbidden, "scope_not_granted", "invalid_scope", 400),
    (Forbidden, "account_inactive", "invalid_grant", 400),
    (Forbidden, None, "unauthorized_client", 400),
    (RateLimited, None, "temporarily_unavailable", 429),
    (Unavailable, "tenant_unknown", "invalid_grant", 400),  # the tenant is part of the credential
)
"""Our error kinds and codes (None stands for any), in the words and statuses of OAuth 2.0."""


def as_oauth_error(error: DomainError) -> OauthError:
    """Say in the words of OAuth 2.0 what keeps a caller out; raises what has no such word."""
    refuse(error)
    for kind, code, word, status in _WORDS:
        if isinstance(error, kind) and code in {None, error.code}:
            return OauthError(word, error.detail, status=status, retry_after=getattr(error, "retry_after", None))
    raise error


def described(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    """Describe an endpoint that takes a form, for the OpenAPI document."""
    schema = {"type": "object", "required": required, "properties": properties}
    return {"security": [], "requestBody": {"required": True, "content": {_FORM: {"schema": schema}}}}


async def read_form(request: Request) -> dict[str, str]:
    """Read the body. Raises OauthError."""
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise OauthError("invalid_request", "The body is not a small form.") from None
    if len(pairs) != len(dict(pairs)):
        raise OauthError("invalid_request", "A parameter is sent twice.")
    return dict(pairs)


def names_client(request: Request, form: Mapping[str, str]) -> bool:
    """Tell whether somebody says, in whatever way, which client it is."""
    return bool({"client_id", "client_assertion"} & form.keys()) or _basic(request) is not None


def client_of(request: Request, form: Mapping[str, str]) -> tuple[UUID, str]:
    """Give the client's id and secret, sent by HTTP Basic or in the form. Raises OauthError."""
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    try:
        return UUID(client_id), secret
    except ValueError:
        raise OauthError("invalid_client", "There is no such client.", status=401) from None


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # no ASCII, no Base64, no UTF-8
        raise OauthError("invalid_client", "The Basic credentials cannot be read.", status=401) from None
    return unquote_plus(client_id), unquote_plus(secret)
