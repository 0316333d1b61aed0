"""`/oauth/token` (RFC 6749 §4.4) and the public keys that verify what it issues (RFC 7517)."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.gateway.api.deps import CredentialsDep, IssuerDep, WorkOfDep
from services.gateway.api.tokens import TokenView, keep_out_of_caches
from services.gateway.usecases.admit_client import admit_client
from shared.core.errors import Forbidden, Unauthenticated
from shared.kit.http.app import View
from shared.kit.http.route import Route

router = APIRouter(tags=["oauth"], route_class=Route)
_MOST_FIELDS = 20
_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "A part of the client's scopes, separated by spaces."},
        "client_id": {"type": "string", "format": "uuid", "description": "Unless sent by HTTP Basic."},
        "client_secret": {"type": "string", "format": "password", "description": "Unless sent by HTTP Basic."},
    },
}
_DESCRIBED = {
    "security": [],
    "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}},
}


class ClientTokenView(TokenView):
    scope: str


class OauthErrorView(View):
    """RFC 6749 §5.2."""

    error: str
    error_description: str


class OauthError(Exception):
    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status

    def as_response(self) -> Response:
        headers = {"Cache-Control": "no-store"}
        if self.status == 401:  # noqa: PLR2004 -- RFC 6749 §5.2: tell how to authenticate
            headers["WWW-Authenticate"] = 'Basic realm="oauth"'
        return JSONResponse({"error": self.error, "error_description": str(self)}, self.status, headers)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    client_id: UUID
    secret: str
    scopes: frozenset[str]


@router.post(
    "/oauth/token",
    responses={400: {"model": OauthErrorView}, 401: {"model": OauthErrorView}},
    response_model=ClientTokenView,
    openapi_extra=_DESCRIBED,
)
async def post_token(
    request: Request, response: Response, credentials: CredentialsDep, work_of: WorkOfDep, issuer: IssuerDep
) -> Any:  # noqa: ANN401 -- a view, or the error of another standard than the rest of the API's
    """Give a system an access token for five minutes."""
    try:
        asked = await _read(request)
        principal = await admit_client(
            credentials, work_of, client_id=asked.client_id, secret=asked.secret, requested=asked.scopes
        )
    except OauthError as error:
        return error.as_response()
    except Unauthenticated as error:
        return OauthError("invalid_client", str(error), status=401).as_response()
    except Forbidden as error:
        scope = error.code == "scope_not_granted"
        return OauthError("invalid_scope" if scope else "unauthorized_client", str(error)).as_response()
    keep_out_of_caches(response)
    return {**issuer.issue(principal), "scope": " ".join(sorted(principal.scopes))}


@router.get("/.well-known/jwks.json", openapi_extra={"security": []})
async def get_jwks(request: Request) -> dict[str, Any]:
    """Give the keys by which anybody can verify an access token."""
    jwks: dict[str, Any] = request.app.state.jwks
    return jwks


async def _read(request: Request) -> TokenRequest:
    form = _form(await request.body())
    if form.get("grant_type") != "client_credentials":
        known = "grant_type" in form
        raise OauthError(
            "unsupported_grant_type" if known else "invalid_request", "Send grant_type=client_credentials."
        )
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    try:
        return TokenRequest(UUID(client_id), secret, frozenset(form.get("scope", "").split()))
    except ValueError:
        raise OauthError("invalid_client", "There is no such client.", status=401) from None


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise OauthError("invalid_request", "The body is not a small form.") from None
    if len(pairs) != len(dict(pairs)):
        raise OauthError("invalid_request", "A parameter is sent twice.")
    return dict(pairs)


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # no ASCII, no Base64, no UTF-8
        raise OauthError("invalid_client", "The Basic credentials cannot be read.", status=401) from None
    return unquote_plus(client_id), unquote_plus(secret)
