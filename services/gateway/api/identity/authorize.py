"""`/oauth/authorize` (RFC 6749 §4.1, RFC 7636, RFC 9207): people log in for a front end, on a page of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.gateway.api.deps import AttemptsDep, BaseUrlDep, CredentialsDep, IssuerDep, LogInFormsDep, WorkOfDep
from services.gateway.api.identity.log_in_forms import browser_of
from services.gateway.api.identity.log_in_page import refusal_page
from services.gateway.api.identity.log_in_visit import Visit, asked_of, proof_of
from services.gateway.api.identity.log_in_words import LANGUAGES, Words, explained, words_for
from services.gateway.api.identity.oauth_forms import AUTHORIZE, OauthError, described, read_form
from services.gateway.api.identity.tokens import new_secret
from services.gateway.domain.identity.authorization import AuthorizationRequest, is_challenge
from services.gateway.usecases.identity.admission import begin_attempt
from services.gateway.usecases.identity.front_end import find_front_end
from services.gateway.usecases.identity.issue_code import issue_code_by_password
from services.gateway.usecases.identity.prove_password import PasswordProof, prove_password
from services.gateway.usecases.ports import WorkOf
from services.gateway.usecases.ports.identity import Attempts, Credentials
from shared.core.errors import Denied, DomainError, Invalid, RateLimited, Unauthenticated
from shared.kit.audit import let_in, refuse
from shared.kit.http.route import LenientRoute

router = APIRouter(tags=["oauth"], route_class=LenientRoute)
_LONGEST_STATE, _LONGEST_NAME, _LONGEST_PASSWORD = 2000, 200, 1024
_ASKED: Mapping[str, str] = {
    "response_type": "`code`.",
    "client_id": "The front end.",
    "redirect_uri": "Where the answer goes: one that the client has registered, to the letter.",
    "code_challenge": "SHA-256 of the `code_verifier` in Base64url (RFC 7636).",
    "code_challenge_method": "`S256`.",
    "state": "Comes back with the answer.",
    "ui_locales": f"In which languages people would like the page: {', '.join(sorted(LANGUAGES))}.",
    "login_hint": "Their user name, where it is known.",
}
_SENT = ("form", "username", "password", "code", "cancel")
_OPTIONAL = frozenset({"state", "ui_locales", "login_hint"})
_HTML = {"text/html": {"schema": {"type": "string"}}}
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page on which people log in.", "content": _HTML},
    303: {"description": "Sends the browser to the front end with `code`, or `error`, and `state` and `iss`."},
    400: {"description": "A page that says what is wrong.", "content": _HTML},
}


@router.get(
    AUTHORIZE,
    response_class=Response,
    responses=_PAGE,
    openapi_extra={
        "security": [],
        "parameters": [
            {"in": "query", "name": name, "required": name not in _OPTIONAL, "description": said}
            | {"schema": {"type": "string"}}
            for name, said in _ASKED.items()
        ],
    },
)
async def get_authorization(
    request: Request, *, credentials: CredentialsDep, work_of: WorkOfDep, forms: LogInFormsDep, base: BaseUrlDep
) -> Response:
    """Show a page on which people of the client's company log in; what is wrong goes back to the front end."""
    given = {name: values[0] for name in request.query_params if len(values := request.query_params.getlist(name)) == 1}
    client_id, redirect_uri = _id(given.get("client_id", "")), given.get("redirect_uri", "")
    try:
        front_end = await find_front_end(credentials, work_of, client_id=client_id, redirect_uri=redirect_uri)
    except (Denied, Invalid) as error:
        return _turned_away(error, words_for(request))
    asked = AuthorizationRequest(front_end.client_id, redirect_uri, given.get("code_challenge", ""), given.get("state"))
    words = words_for(request, otherwise=front_end.locale)
    visit = Visit(front_end, asked, words, browser_of(request, base=base), base, forms)
    if wrong := _wrong(request, given):
        return visit.send_back(error=wrong.error, error_description=str(wrong))
    return visit.ask_for_password(username=given.get("login_hint", "")[:_LONGEST_NAME])


@router.post(
    AUTHORIZE,
    response_class=Response,
    responses=_PAGE,
    openapi_extra=described(["form"], **{name: {"type": "string"} for name in _SENT}),
)
async def post_authorization(
    request: Request,
    *,
    credentials: CredentialsDep,
    attempts: AttemptsDep,
    work_of: WorkOfDep,
    issuer: IssuerDep,
    forms: LogInFormsDep,
    base: BaseUrlDep,
) -> Response:
    """Take what the page asks for; sends the browser to the front end with a code, or shows the page again."""
    form, browser = await _sent(request), browser_of(request, base=base)
    remembered = forms.open(form.get("form", ""), browser=browser)
    if remembered is None:
        words = words_for(request)
        return refusal_page(words, words["expired"])
    asked, words = asked_of(remembered), LANGUAGES[remembered["language"]]
    try:
        front_end = await find_front_end(
            credentials, work_of, client_id=asked.client_id, redirect_uri=asked.redirect_uri
        )
    except (Denied, Invalid) as error:
        return _turned_away(error, words)
    visit = Visit(front_end, asked, words, browser, base, forms)
    if "cancel" in form:
        return visit.send_back(error="access_denied")
    entry = _Entry(visit, credentials, attempts, work_of, issuer.clock.now())
    proof = proof_of(remembered)
    return await (entry.by_password(form) if proof is None else entry.by_code(proof, form.get("code", "")))


@dataclass(frozen=True, slots=True)
class _Entry:
    """What decides about one try; `at` is real time."""

    visit: Visit
    credentials: Credentials
    attempts: Attempts
    work_of: WorkOf
    at: datetime

    async def by_password(self, form: Mapping[str, str]) -> Response:
        username, password = form.get("username", "").strip(), form.get("password", "")
        try:
            proof = await self._proof(username, password)
        except (Denied, RateLimited) as error:
            refuse(error)
            return self.visit.ask_for_password(username=username, problem=error)
        try:
            return await self._let_in(proof, code=None)
        except (Denied, RateLimited) as error:
            refuse(error)
            if error.code == "second_factor_required":
                return self.visit.ask_for_code(proof)
            return self.visit.ask_for_password(username=username, problem=error)

    async def by_code(self, proof: PasswordProof, code: str) -> Response:
        try:
            await begin_attempt(self.attempts, proof.account_id, at=self.at)
            return await self._let_in(proof, code=code.strip())
        except (Denied, RateLimited) as error:
            refuse(error)
            return self.visit.ask_for_code(proof, problem=error)

    async def _proof(self, username: str, password: str) -> PasswordProof:
        if len(username) > _LONGEST_NAME or len(password) > _LONGEST_PASSWORD:
            raise Unauthenticated("credentials_invalid", "Nobody is called that, and no password is so long.")
        tenant_id = self.visit.front_end.tenant_id
        return await prove_password(
            self.credentials, self.attempts, username=username, password=password, tenant_id=tenant_id, at=self.at
        )

    async def _let_in(self, proof: PasswordProof, *, code: str | None) -> Response:
        issued = await issue_code_by_password(
            self.attempts, self.work_of, proof, self.visit.asked, code=code, secret=new_secret(), at=self.at
        )
        let_in(issued.principal)
        return self.visit.send_back(code=issued.code.written("ac"))


def _wrong(request: Request, given: Mapping[str, str]) -> OauthError | None:
    """Tell what the front end has asked wrongly, in the words of RFC 6749 §4.1.2.1."""
    repeated = len(request.query_params.multi_items()) > len(given)
    kind, challenge = given.get("response_type"), given.get("code_challenge", "")
    faults = (
        (repeated, OauthError("invalid_request", "A parameter is sent twice.")),
        (kind is None, OauthError("invalid_request", "Send a response_type.")),
        (kind != "code", OauthError("unsupported_response_type", "The response_type must be code.")),
        (
            given.get("response_mode", "query") != "query",
            OauthError("invalid_request", "The response_mode must be query."),
        ),
        (
            given.get("code_challenge_method") != "S256",
            OauthError("invalid_request", "The code_challenge_method must be S256."),
        ),
        (not is_challenge(challenge), OauthError("invalid_request", "Send a code_challenge as in RFC 7636.")),
        (len(given.get("state", "")) > _LONGEST_STATE, OauthError("invalid_request", "The state is too long.")),
    )
    return next((fault for is_so, fault in faults if is_so), None)


def _turned_away(error: DomainError, words: Words) -> Response:
    refuse(error)
    return refusal_page(words, explained(words, error))


async def _sent(request: Request) -> dict[str, str]:
    try:
        return await read_form(request)
    except OauthError:
        return {}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
