"""Somebody's log-in for a front end, from page to page in one browser."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import RedirectResponse

from services.gateway.api.identity.log_in_forms import LogInForms, remember_browser
from services.gateway.api.identity.log_in_page import Page, code_fields, form_page, password_fields
from services.gateway.api.identity.log_in_words import Words, explained
from services.gateway.domain.identity.authorization import AuthorizationRequest
from services.gateway.domain.identity.redirect_uri import answering, origin_of
from services.gateway.usecases.identity.federation import Pending
from services.gateway.usecases.identity.front_end import FrontEnd
from services.gateway.usecases.identity.prove_password import PasswordProof
from shared.core.errors import DomainError, RateLimited

_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Visit:
    front_end: FrontEnd
    asked: AuthorizationRequest
    words: Words
    browser: str
    base: str
    forms: LogInForms

    def ask_for_password(self, *, username: str = "", problem: DomainError | None = None) -> Response:
        fields = password_fields(self.words, username=username)
        return self._page(self.words["title"], fields, proof=None, problem=problem)

    def ask_for_code(self, proof: PasswordProof, *, problem: DomainError | None = None) -> Response:
        """Ask for the second factor, and remember whose password was right."""
        return self._page(self.words["second_factor"], code_fields(self.words), proof=proof, problem=problem)

    def send_back(self, **answer: str) -> Response:
        """Send the browser to the front end with an answer, which says whose it is (RFC 9207)."""
        there = answering(self.asked.redirect_uri, **answer, state=self.asked.state, iss=self.base)
        return RedirectResponse(there, _SEE_OTHER, headers={"Cache-Control": "no-store"})

    def _page(self, title: str, fields: str, *, proof: PasswordProof | None, problem: DomainError | None) -> Response:
        remembered = {"asked": plain(self.asked), "proof": proof and plain(proof), "language": self.words["tag"]}
        sealed = self.forms.seal(remembered, browser=self.browser)
        page = Page(
            title=title,
            purpose=f"{self.front_end.company} · {self.words['for'].format(name=self.front_end.name)}",
            problem=explained(self.words, problem) if problem else "",
            sealed=sealed,
            sends_to=origin_of(self.asked.redirect_uri),
            other_way=None if proof else self._other_way(),
            password_aside=not self.front_end.passwords,
        )
        response = form_page(self.words, page, fields)
        if isinstance(problem, RateLimited):
            response.status_code, response.headers["Retry-After"] = 429, str(problem.retry_after)
        remember_browser(response, self.browser, base=self.base)
        return response

    def _other_way(self) -> str | None:
        """Say what leads to the company's own provider, where it has one."""
        name = self.front_end.provider
        return None if name is None else self.words["by_provider"].format(name=name)


def asked_of(remembered: Mapping[str, Any]) -> AuthorizationRequest:
    """Read what a form was opened with."""
    asked = AuthorizationRequest(**remembered["asked"])
    return replace(asked, client_id=UUID(remembered["asked"]["client_id"]))


def proof_of(remembered: Mapping[str, Any]) -> PasswordProof | None:
    """Read whose password was right, where a step before has found that out."""
    proof = remembered["proof"]
    if proof is None:
        return None
    return PasswordProof(UUID(proof["tenant_id"]), UUID(proof["account_id"]), proof["fingerprint"])


def plain(remembered: AuthorizationRequest | PasswordProof | Pending) -> dict[str, Any]:
    """Write what is remembered, so that it can be sealed."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(remembered).items()}
