"""What became of a token: `/oauth/revoke` (RFC 7009) ends it, `/oauth/introspect` (RFC 7662) tells of it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.deps import BaseUrlDep, CredentialsDep, IssuerDep, WorkOfDep
from services.gateway.api.identity.oauth_forms import (
    INTROSPECT,
    REFUSALS,
    REVOKE,
    OauthError,
    as_oauth_error,
    described,
    read_form,
)
from services.gateway.api.identity.oauth_grants import Door
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.usecases.identity.end_sessions import end_session, end_shown_session
from services.gateway.usecases.ports import WorkOf
from shared.core.errors import Denied, DomainError, NotFound, Unavailable
from shared.kit.auth.tokens import AccessToken
from shared.kit.http.app import View
from shared.kit.http.caller import verified
from shared.kit.http.route import LenientRoute

router = APIRouter(tags=["oauth"], route_class=LenientRoute)
_TOKEN = {"type": "string", "format": "password"}


class IntrospectionView(View):
    """RFC 7662 §2.2; of a token that is not good nothing is said but that."""

    active: bool
    sub: str | None = None
    tenant: str | None = None
    scope: str | None = None
    roles: list[str] | None = None
    iat: int | None = None
    exp: int | None = None
    sid: str | None = None
    client_id: str | None = None
    """The front end through which a person logged in."""
    token_type: str | None = None


@router.post(REVOKE, responses=REFUSALS, response_class=Response, openapi_extra=described(["token"], token=_TOKEN))
async def post_revocation(request: Request, work_of: WorkOfDep) -> Response:
    """End the session that a refresh or access token belongs to; a token that is none is revoked already."""
    try:
        token = _token(await read_form(request))
        shown = Opaque.read(token, "rt")
        if shown is not None:
            await end_shown_session(work_of, shown)
        else:
            await _end_session_of(_good(request, token), work_of)
    except OauthError as error:
        return error.as_response()
    except (NotFound, Unavailable) as error:
        if isinstance(error, Unavailable) and error.code != "tenant_unknown":
            raise
    return Response(headers={"Cache-Control": "no-store"})


@router.post(
    INTROSPECT,
    responses=REFUSALS,
    response_model=IntrospectionView,
    response_model_exclude_none=True,
    openapi_extra=described(
        ["token"],
        token=_TOKEN,
        client_id={"type": "string", "format": "uuid", "description": "Unless sent by HTTP Basic."},
        client_secret={"type": "string", "format": "password", "description": "Unless sent by HTTP Basic."},
    ),
)
async def post_introspection(
    request: Request,
    response: Response,
    *,
    credentials: CredentialsDep,
    work_of: WorkOfDep,
    issuer: IssuerDep,
    base: BaseUrlDep,
) -> Any:  # noqa: ANN401 -- a view, or the error of another standard than the rest of the API's
    """Tell a system whether an access token of its own company is good, and what it says."""
    try:
        form = await read_form(request)
        asking = await Door(request, credentials, work_of, issuer, base).admit(form)
        token = _good(request, _token(form))
    except OauthError as error:
        return error.as_response()
    except DomainError as error:
        return as_oauth_error(error).as_response()
    response.headers["Cache-Control"] = "no-store"
    return _told(token) if token and token.principal.tenant_id == asking.tenant_id else {"active": False}


async def _end_session_of(token: AccessToken | None, work_of: WorkOf) -> None:
    if token is None:
        return
    if token.session is None:
        raise OauthError("unsupported_token_type", "A system's access has no session; close the client instead.")
    principal = token.principal
    await end_session(work_of(principal.tenant_id), token.session, account_id=principal.as_account())


def _token(form: dict[str, str]) -> str:
    if not form.get("token"):
        raise OauthError("invalid_request", "Send a token.")
    return form["token"]


def _good(request: Request, token: str) -> AccessToken | None:
    try:
        return verified(request, token)
    except Denied:
        return None


def _told(token: AccessToken) -> dict[str, Any]:
    principal = token.principal
    return {
        "active": True,
        "sub": principal.subject,
        "tenant": str(principal.tenant_id),
        "scope": " ".join(sorted(principal.scopes)) or None,
        "roles": sorted(principal.roles),
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
        "sid": None if token.session is None else str(token.session),
        "client_id": None if token.client is None else str(token.client),
        "token_type": "Bearer",
    }
