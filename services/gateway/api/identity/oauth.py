"""`/oauth/token` (RFC 6749), what the server can do (RFC 8414), and the keys that verify what it issues (RFC 7517)."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.deps import BaseUrlDep, CredentialsDep, IssuerDep, WorkOfDep
from services.gateway.api.identity.log_in_words import LANGUAGES
from services.gateway.api.identity.oauth_forms import (
    AUTHORIZE,
    INTROSPECT,
    JWKS,
    REFUSALS,
    REVOKE,
    TOKEN,
    OauthError,
    as_oauth_error,
    described,
    read_form,
)
from services.gateway.api.identity.oauth_grants import ASSERTION, GRANTS, Door, grant_of
from services.gateway.api.identity.tokens import TokenView, keep_out_of_caches
from services.gateway.domain.identity.scopes import SCOPES
from services.gateway.usecases.identity.assertions import ALGORITHMS
from shared.core.errors import DomainError
from shared.kit.http.route import LenientRoute

router = APIRouter(tags=["oauth"], route_class=LenientRoute)


class ClientTokenView(TokenView):
    scope: str
    """What a system may do; empty for people, who have roles instead."""
    refresh_token: str | None = None
    """Buys the next pair of tokens, once; absent for systems, which show their credentials again."""


@router.post(
    TOKEN,
    responses=REFUSALS,
    response_model=ClientTokenView,
    response_model_exclude_none=True,
    openapi_extra=described(
        ["grant_type"],
        grant_type={"type": "string", "enum": sorted(GRANTS)},
        scope={"type": "string", "description": "A part of the client's scopes, separated by spaces."},
        client_id={"type": "string", "format": "uuid", "description": "Unless sent by HTTP Basic."},
        client_secret={"type": "string", "format": "password", "description": "Unless sent by HTTP Basic."},
        client_assertion_type={"type": "string", "enum": [ASSERTION]},
        client_assertion={"type": "string", "description": "In the place of a secret: a JWT of the client (RFC 7523)."},
        code={"type": "string", "format": "password", "description": "From `/oauth/authorize`, once, in a minute."},
        redirect_uri={"type": "string", "description": "The one the code was sent to."},
        code_verifier={"type": "string", "format": "password", "description": "Of the challenge (RFC 7636)."},
        refresh_token={"type": "string", "format": "password", "description": "The newest one of a session."},
    ),
)
async def post_token(
    request: Request,
    response: Response,
    *,
    credentials: CredentialsDep,
    work_of: WorkOfDep,
    issuer: IssuerDep,
    base: BaseUrlDep,
) -> Any:  # noqa: ANN401 -- a view, or the error of another standard than the rest of the API's
    """Give an access token for five minutes: for a system's credentials, for a code, for a session's refresh token."""
    try:
        form = await read_form(request)
        granted = await grant_of(form)(Door(request, credentials, work_of, issuer, base), form)
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
async def get_metadata(base: BaseUrlDep) -> dict[str, Any]:
    """Say what this server can do (RFC 8414)."""
    ways_to_authenticate = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    return {
        "issuer": base,
        "authorization_endpoint": base + AUTHORIZE,
        "authorization_response_iss_parameter_supported": True,
        "token_endpoint": base + TOKEN,
        "revocation_endpoint": base + REVOKE,
        "introspection_endpoint": base + INTROSPECT,
        "jwks_uri": base + JWKS,
        "grant_types_supported": sorted(GRANTS),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": sorted(LANGUAGES),
        "scopes_supported": sorted(SCOPES),
        "token_endpoint_auth_methods_supported": [*ways_to_authenticate, "none"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": ways_to_authenticate,
    }
