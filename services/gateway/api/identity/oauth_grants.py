"""What buys tokens: a system's credentials, an authorization code, a refresh token (RFC 6749 §4, §6)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request

from services.gateway.api.identity.oauth_forms import OauthError, client_of, names_client
from services.gateway.api.identity.tokens import Issuer, new_secret
from services.gateway.domain.identity.authorization import is_verifier
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.usecases.identity.admit_client import (
    Entrance,
    admit_by_assertion,
    admit_by_name,
    admit_by_secret,
)
from services.gateway.usecases.identity.open_session import Opened
from services.gateway.usecases.identity.redeem_code import Redemption, redeem_code
from services.gateway.usecases.identity.refresh_session import refresh_session
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Credentials
from shared.core.access import Principal
from shared.kit.auth.tokens import ISSUER

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Door:
    """What grants are decided by; `base` is the gateway's URL for the world."""

    request: Request
    credentials: Credentials
    work_of: WorkOf
    issuer: Issuer
    base: str

    @property
    def entrance(self) -> Entrance:
        address = self.request.client.host if self.request.client else ""
        return Entrance(self.credentials, self.work_of, address, self.issuer.clock.now())

    async def admit(self, form: Form, *, requested: frozenset[str] = frozenset()) -> Principal:
        """Tell which system asks, whichever way it proves itself. Raises OauthError, Unauthenticated, Forbidden."""
        if "client_assertion" in form:
            return await self._admit_by_assertion(form, requested)
        client_id, secret = client_of(self.request, form)
        return await admit_by_secret(self.entrance, client_id, secret, requested=requested)

    async def front_end(self, form: Form) -> UUID:
        """Tell through which client somebody has logged in; a public one need not prove itself. Raises as `admit`."""
        if "client_assertion" in form:
            return UUID((await self.admit(form)).subject)
        client_id, secret = client_of(self.request, form)
        if secret:
            return UUID((await admit_by_secret(self.entrance, client_id, secret)).subject)
        return UUID((await admit_by_name(self.entrance, client_id)).subject)

    async def _admit_by_assertion(self, form: Form, requested: frozenset[str]) -> Principal:
        if form.get("client_assertion_type") != ASSERTION:
            raise OauthError("invalid_request", f"The client_assertion_type must be {ASSERTION}.")
        path = self.request.url.path
        asked = str(self.request.base_url).rstrip("/")
        audience = frozenset({ISSUER, self.base, self.base + path, asked + path})
        return await admit_by_assertion(self.entrance, form["client_assertion"], audience=audience, requested=requested)


async def _for_credentials(door: Door, form: Form) -> Mapping[str, Any]:
    principal = await door.admit(form, requested=frozenset(form.get("scope", "").split()))
    return {**door.issuer.issue(principal), "scope": " ".join(sorted(principal.scopes))}


async def _for_code(door: Door, form: Form) -> Mapping[str, Any]:
    client_id = await door.front_end(form)
    if not is_verifier(form.get("code_verifier", "")):
        raise OauthError("invalid_request", "Send the code_verifier, of 43 to 128 characters (RFC 7636).")
    shown = Opaque.read(form.get("code", ""), "ac")
    if shown is None:
        raise OauthError("invalid_grant", "This is not an authorization code.")
    redemption = Redemption(shown, client_id, form.get("redirect_uri", ""), form["code_verifier"])
    opened = await redeem_code(door.work_of, redemption, secret=new_secret(), at=door.issuer.clock.now())
    return _pair(door, opened)


async def _for_refresh_token(door: Door, form: Form) -> Mapping[str, Any]:
    client_id = await door.front_end(form) if names_client(door.request, form) else None
    shown = Opaque.read(form.get("refresh_token", ""), "rt")
    if shown is None:
        raise OauthError("invalid_grant", "This is not a refresh token.")
    now = door.issuer.clock.now()
    return _pair(door, await refresh_session(door.work_of, shown, client_id=client_id, secret=new_secret(), at=now))


def _pair(door: Door, opened: Opened) -> Mapping[str, Any]:
    token = door.issuer.issue(opened.principal, session=opened.session.id, client=opened.session.client_id)
    return {**token, "scope": "", "refresh_token": opened.refresh.written("rt")}


Grant = Callable[[Door, Form], Awaitable[Mapping[str, Any]]]
GRANTS: Mapping[str, Grant] = {
    "authorization_code": _for_code,
    "client_credentials": _for_credentials,
    "refresh_token": _for_refresh_token,
}


def grant_of(form: Form) -> Grant:
    if "grant_type" not in form:
        raise OauthError("invalid_request", "Send a grant_type.")
    grant = GRANTS.get(form["grant_type"])
    if grant is None:
        raise OauthError("unsupported_grant_type", f"These are supported: {', '.join(sorted(GRANTS))}.")
    return grant
