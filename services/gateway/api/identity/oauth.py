"""`/oauth/token` (RFC 6749), what the server can do (RFC 8414), and the keys that verify what it issues (RFC 7517)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.deps import CredentialsDep, IssuerDep, WorkOfDep
from services.gateway.api.identity.oauth_forms import (
    REFUSALS,
    OauthError,
    as_oauth_error,
    client_of,
    described,
    read_form,
)
from services.gateway.api.identity.tokens import Issuer, TokenView, keep_out_of_caches, new_secret
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.domain.identity.scopes import SCOPES
from services.gateway.usecases.identity.admit_client import Entrance, admit_by_assertion, admit_by_secret
from services.gateway.usecases.identity.assertions import ALGORITHMS
from services.gateway.usecases.identity.refresh_session import refresh_session
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Credentials
from shared.core.access import Principal
from shared.core.errors import DomainError
from shared.kit.auth.tokens import ISSUER
from shared.kit.http.route import Route

router = APIRouter(tags=["oauth"], route_class=Route)
TOKEN, REVOKE, INTROSPECT, JWKS = "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/.well-known/jwks.json"


ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ClientTokenView(TokenView):
    scope: str
    """What a system may do; empty for people, who have roles instead."""
    refresh_token: str | None = None
    """Buys the next pair of tokens, once; absent for systems, which show their credentials again."""


@dataclass(frozen=True, slots=True)
class Door:
    """What grants are decided by."""

    request: Request
    credentials: Credentials
    work_of: WorkOf
    issuer: Issuer

    @property
    def entrance(self) -> Entrance:
        address = self.request.client.host if self.request.client else ""
        return Entrance(self.credentials, self.work_of, address, self.issuer.clock.now())

    async def admit(self, form: dict[str, str]) -> Principal:
        """Tell which system asks, whichever way it proves itself. Raises OauthError, Unauthenticated, Forbidden."""
        requested = frozenset(form.get("scope", "").split())
        if "client_assertion" in form:
            if form.get("client_assertion_type") != ASSERTION:
                raise OauthError("invalid_request", f"The client_assertion_type must be {ASSERTION}.")
            audience = frozenset({ISSUER, f"{str(self.request.base_url).rstrip('/')}{self.request.url.path}"})
            return await admit_by_assertion(
                self.entrance, form["client_assertion"], audience=audience, requested=requested
            )
        client_id, secret = client_of(self.request, form)
        return await admit_by_secret(self.entrance, client_id, secret, requested=requested)


@router.post(
    TOKEN,
    responses=REFUSALS,
    response_model=ClientTokenView,
    response_model_exclude_none=True,
    openapi_extra=described(
        ["grant_type"],
        grant_type={"type": "string", "enum": ["client_credentials", "refresh_token"]},
        scope={"type": "string", "description": "A part of the client's scopes, separated by spaces."},
        client_id={"type": "string", "format": "uuid", "description": "Unless sent by HTTP Basic."},
        client_secret={"type": "string", "format": "password", "description": "Unless sent by HTTP Basic."},
        client_assertion_type={"type": "string", "enum": [ASSERTION]},
        client_assertion={"type": "string", "description": "In the place of a secret: a JWT of the client (RFC 7523)."},
        refresh_token={"type": "string", "format": "password", "description": "The newest one of a session."},
    ),
)
async def post_token(
    request: Request, response: Response, credentials: CredentialsDep, work_of: WorkOfDep, issuer: IssuerDep
) -> Any:  # noqa: ANN401 -- a view, or the error of another standard than the rest of the API's
    """Give an access token for five minutes: to a system for its credentials, to a session for its refresh token."""
    try:
        form = await read_form(request)
        granted = await _grant_of(form)(Door(request, credentials, work_of, issuer), form)
    except OauthError as error:
        return error.as_response()
    except DomainError as error:
        return as_oauth_error(error).as_response()
    keep_out_of_caches(response)
    return granted


@router.get(JWKS, openapi_extra={"security": []})
async def get_jwks(request: Request) -> dict[str, Any]:
    """Give the keys by which anybody can verify an access token."""
    jwks: dict[str, Any] = request.app.state.jwks
    return jwks


@router.get("/.well-known/oauth-authorization-server", openapi_extra={"security": []})
async def get_metadata(request: Request) -> dict[str, Any]:
    """Say what this server can do (RFC 8414)."""
    base = str(request.base_url).rstrip("/")
    ways_to_authenticate = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    return {
        "issuer": ISSUER,
        "token_endpoint": base + TOKEN,
        "revocation_endpoint": base + REVOKE,
        "introspection_endpoint": base + INTROSPECT,
        "jwks_uri": base + JWKS,
        "grant_types_supported": sorted(_GRANTS),
        "response_types_supported": [],
        "scopes_supported": sorted(SCOPES),
        "token_endpoint_auth_methods_supported": ways_to_authenticate,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": ways_to_authenticate,
    }


async def _for_credentials(door: Door, form: dict[str, str]) -> Mapping[str, Any]:
    principal = await door.admit(form)
    return {**door.issuer.issue(principal), "scope": " ".join(sorted(principal.scopes))}


async def _for_refresh_token(door: Door, form: dict[str, str]) -> Mapping[str, Any]:
    shown = Opaque.read(form.get("refresh_token", ""), "rt")
    if shown is None:
        raise OauthError("invalid_grant", "This is not a refresh token.")
    opened = await refresh_session(door.work_of, shown, secret=new_secret(), at=door.issuer.clock.now())
    token = door.issuer.issue(opened.principal, session=opened.session.id)
    return {**token, "scope": "", "refresh_token": opened.refresh.written("rt")}


Grant = Callable[[Door, dict[str, str]], Awaitable[Mapping[str, Any]]]
_GRANTS: Mapping[str, Grant] = {"client_credentials": _for_credentials, "refresh_token": _for_refresh_token}


def _grant_of(form: dict[str, str]) -> Grant:
    if "grant_type" not in form:
        raise OauthError("invalid_request", "Send a grant_type.")
    grant = _GRANTS.get(form["grant_type"])
    if grant is None:
        raise OauthError("unsupported_grant_type", f"These are supported: {', '.join(sorted(_GRANTS))}.")
    return grant
