"""`/oauth/provider` and `/oauth/callback`: to the company's OIDC provider and back, in the browser that went."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.api.deps import BaseUrlDep, CredentialsDep, IssuerDep, LogInFormsDep, ProvidersDep, WorkOfDep
from services.gateway.api.identity.log_in_forms import LogInForms, browser_of, remember_browser
from services.gateway.api.identity.log_in_page import refusal_page
from services.gateway.api.identity.log_in_visit import Visit, asked_of, plain
from services.gateway.api.identity.log_in_words import LANGUAGES, Words, explained, words_for
from services.gateway.api.identity.oauth_forms import CALLBACK, PROVIDER
from services.gateway.api.identity.tokens import Issuer, new_secret
from services.gateway.domain.identity.authorization import AuthorizationRequest
from services.gateway.domain.identity.identity_provider import IdentityProvider
from services.gateway.usecases.identity.admission import tried_with
from services.gateway.usecases.identity.federation import (
    Pending,
    identify,
    issue_code_by_provider,
    present_provider,
    provider_url,
)
from services.gateway.usecases.identity.front_end import FrontEnd, find_front_end
from services.gateway.usecases.identity.issue_code import Issued
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Credentials
from services.gateway.usecases.ports.providers import Providers
from shared.core.errors import Denied, DomainError, Forbidden, Invalid, Unauthenticated, Unavailable
from shared.kit.audit import changing, let_in, refuse
from shared.kit.http.route import LenientRoute

router = APIRouter(route_class=LenientRoute, include_in_schema=False)  # browsers are sent here, programs never ask
_SECRET_BYTES = 32
_SEE_OTHER = 303
_KEPT_OUT = (Denied, Invalid, Unavailable)


@dataclass(frozen=True, slots=True)
class _Way:
    """What both directions need."""

    request: Request
    credentials: Credentials
    work_of: WorkOf
    forms: LogInForms
    base: str
    providers: Providers
    issuer: Issuer

    @property
    def redirect_uri(self) -> str:
        return self.base + CALLBACK

    @property
    def browser(self) -> str:
        return browser_of(self.request, base=self.base)

    def remembered(self, name: str, *, purpose: str) -> Mapping[str, Any]:
        """Raise Unauthenticated (`expired`) for what is too old, or of another browser."""
        remembered = self.forms.open(self.request.query_params.get(name, ""), browser=self.browser, purpose=purpose)
        if remembered is None:
            raise Unauthenticated("log_in_expired", "The log-in is too old, or began in another browser.")
        return remembered

    async def front_end(self, asked: AuthorizationRequest) -> FrontEnd:
        return await find_front_end(
            self.credentials, self.work_of, client_id=asked.client_id, redirect_uri=asked.redirect_uri
        )

    async def provider(self, tenant_id: UUID) -> IdentityProvider:
        provider = await present_provider(self.work_of(tenant_id))
        if provider is None:
            raise Forbidden("identity_unknown", "This company has no log-in provider any more.")
        return provider

    def turned_away(self, error: DomainError, words: Words | None = None) -> Response:
        refuse(error)
        words = words or words_for(self.request)
        return refusal_page(words, explained(words, error))


async def _way(
    request: Request,
    *,
    credentials: CredentialsDep,
    work_of: WorkOfDep,
    forms: LogInFormsDep,
    base: BaseUrlDep,
    providers: ProvidersDep,
    issuer: IssuerDep,
) -> _Way:
    return _Way(request, credentials, work_of, forms, base, providers, issuer)


WayDep = Annotated[_Way, Depends(_way)]


@router.get(PROVIDER)
async def get_provider(way: WayDep) -> Response:
    """Send the browser from the log-in page to the company's provider."""
    try:
        remembered = way.remembered("form", purpose="page")
        return await _to_provider(way, remembered)
    except _KEPT_OUT as error:
        return way.turned_away(error)


@router.get(CALLBACK)
async def get_callback(way: WayDep) -> Response:
    """Take the provider's answer; sends the browser to the front end with a code."""
    words = None
    try:
        remembered = way.remembered("state", purpose=PROVIDER)
        words = LANGUAGES[remembered["language"]]
        return await _from_provider(way, _pending_of(remembered), words)
    except _KEPT_OUT as error:
        return way.turned_away(error, words)


async def _to_provider(way: _Way, remembered: Mapping[str, Any]) -> Response:
    asked = asked_of(remembered)
    front_end = await way.front_end(asked)
    provider = await way.provider(front_end.tenant_id)
    nonce, verifier = token_urlsafe(_SECRET_BYTES), token_urlsafe(_SECRET_BYTES)
    pending = Pending(front_end.tenant_id, provider.issuer, nonce, verifier, asked)
    kept = {"pending": {**plain(pending), "asked": None}, "asked": plain(asked), "language": remembered["language"]}
    state = way.forms.seal(kept, browser=way.browser, purpose=PROVIDER)
    there = await provider_url(way.providers, provider, pending, state=state, redirect_uri=way.redirect_uri)
    response = RedirectResponse(there, _SEE_OTHER, headers={"Cache-Control": "no-store"})
    remember_browser(response, way.browser, base=way.base)
    return response


async def _from_provider(way: _Way, pending: Pending, words: Words) -> Response:
    answer = way.request.query_params
    visit = Visit(await way.front_end(pending.asked), pending.asked, words, way.browser, way.base, way.forms)
    if answer.get("error") == "access_denied":
        return visit.send_back(error="access_denied")
    with tried_with(pending.tenant_id, pending.asked.client_id):
        issued = await _issued(way, pending, answer)
    changing()
    let_in(issued.principal)
    return visit.send_back(code=issued.code.written("ac"))


async def _issued(way: _Way, pending: Pending, answer: Mapping[str, str]) -> Issued:
    provider, now = await way.provider(pending.tenant_id), way.issuer.clock.now()
    identity = await identify(
        way.providers, way.credentials, provider, pending, answer, redirect_uri=way.redirect_uri, at=now
    )
    return await issue_code_by_provider(
        way.work_of(pending.tenant_id),
        provider,
        identity,
        pending.asked,
        spare_password=token_urlsafe(_SECRET_BYTES),
        secret=new_secret(),
        at=now,
    )


def _pending_of(remembered: Mapping[str, Any]) -> Pending:
    kept = remembered["pending"]
    return Pending(UUID(kept["tenant_id"]), kept["issuer"], kept["nonce"], kept["verifier"], asked=asked_of(remembered))
