"""OIDC providers: what they say of themselves, the keys they sign with, and ID tokens for codes."""

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
import orjson

from services.gateway.clients.guarded import Answer, GuardedClient, Unreachable
from services.gateway.domain.identity.identity_provider import IdentityProvider
from services.gateway.usecases.ports.providers import ClientAuthentication, Described, Exchange
from shared.core.errors import Unauthenticated, Unavailable
from shared.kit.log import get_logger

_DISCOVERY = "/.well-known/openid-configuration"
_KNOWN_SECONDS = 300.0
"""How long a description and keys are taken to be true."""
_MOST_KNOWN = 1_000
_AUTHENTICATIONS: Sequence[ClientAuthentication] = ("client_secret_basic", "client_secret_post")
"""The better one first: forms are written into logs more often than headers are."""
_OK, _REFUSED = 200, range(400, 500)
_log = get_logger(__name__)


@dataclass(slots=True)
class _Kept:
    """Documents by URL, with the moment of a clock that nobody sets at which each was fetched."""

    documents: dict[str, tuple[Mapping[str, Any], float]] = field(default_factory=dict)

    def get(self, url: str, *, younger_than: float) -> Mapping[str, Any] | None:
        document, fetched_at = self.documents.get(url, (None, 0.0))
        return document if time.monotonic() - fetched_at < younger_than else None

    def keep(self, url: str, document: Mapping[str, Any]) -> None:
        if len(self.documents) >= _MOST_KNOWN:
            self.documents.clear()
        self.documents[url] = (document, time.monotonic())


class OidcProviders:
    def __init__(self, client: GuardedClient, *, allow_plain: bool) -> None:
        self._client = client
        self._schemes = {"https", "http"} if allow_plain else {"https"}
        self._kept = _Kept()

    async def describe(self, provider: IdentityProvider) -> Described:
        issuer = provider.issuer
        said = await self._document(issuer.rstrip("/") + _DISCOVERY, younger_than=_KNOWN_SECONDS)
        if said.get("issuer") != issuer:  # to the letter (OpenID Connect Discovery §4.3)
            raise self._nonsense(issuer, "it calls itself otherwise")
        authentication = _authentication(said.get("token_endpoint_auth_methods_supported"))
        if provider.client_secret is not None and authentication is None:
            raise self._nonsense(issuer, "it takes no client secret, and we have nothing else")
        return Described(
            authorization_endpoint=self._url(said, "authorization_endpoint"),
            token_endpoint=self._url(said, "token_endpoint"),
            jwks_uri=self._url(said, "jwks_uri"),
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
            authentication=None if provider.client_secret is None else authentication,
        )

    async def id_token(self, provider: IdentityProvider, described: Described, exchange: Exchange) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": exchange.code,
            "redirect_uri": exchange.redirect_uri,
            "code_verifier": exchange.verifier,
        }
        headers: dict[str, str] = {}
        if described.authentication == "client_secret_basic":
            headers = {"Authorization": f"Basic {_basic(provider.client_id, provider.client_secret or '')}"}
        else:
            secret = {"client_secret": provider.client_secret} if provider.client_secret else {}
            form |= {"client_id": provider.client_id, **secret}
        answer = await self._asked(described.token_endpoint, form, headers)
        token = self._read(described.token_endpoint, answer).get("id_token")
        if not isinstance(token, str):
            raise self._nonsense(described.token_endpoint, "there is no ID token")
        return token

    async def keys(self, described: Described, *, key_id: str | None) -> Sequence[jwt.PyJWK]:
        for age in (_KNOWN_SECONDS, 0.0):
            found = _usable(await self._document(described.jwks_uri, younger_than=age))
            wanted = [key for key in found if key_id is None or key.key_id == key_id]
            if wanted:
                return wanted
        return []

    async def _document(self, url: str, *, younger_than: float) -> Mapping[str, Any]:
        kept = self._kept.get(url, younger_than=younger_than)
        if kept is not None:
            return kept
        try:
            answer = await self._client.get(url)
        except Unreachable as error:
            raise self._nonsense(url, str(error)) from error
        document = self._read(url, answer)
        self._kept.keep(url, document)
        return document

    async def _asked(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        try:
            answer = await self._client.post(url, urlencode(form).encode(), headers)
        except Unreachable as error:
            raise self._nonsense(url, str(error)) from error
        if answer.status in _REFUSED:
            _log.warning("provider.refused", url=url, status=answer.status, error=_error_in(answer.body))
            raise Unauthenticated("provider_answer_invalid", "The provider takes its own answer back.")
        return answer

    def _read(self, url: str, answer: Answer) -> Mapping[str, Any]:
        try:
            document = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            document = None
        if answer.status != _OK or not isinstance(document, dict):
            raise self._nonsense(url, f"status {answer.status}, or no JSON object")
        return document

    def _url(self, said: Mapping[str, Any], name: str) -> str:
        url = said.get(name)
        if not isinstance(url, str) or not self._is_one(url):
            raise self._nonsense(str(said.get("issuer")), f"its {name} is no https URL")
        return url

    def _is_one(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return parts.scheme in self._schemes and bool(parts.hostname)

    def _nonsense(self, url: str, why: str) -> Unavailable:
        _log.warning("provider.unavailable", url=url, why=why)
        return Unavailable("provider_unavailable", "The company's log-in provider does not answer as it should.")


def _authentication(methods: object) -> ClientAuthentication | None:
    """Choose among what a provider takes; what says nothing means HTTP Basic (OpenID Connect Discovery §3)."""
    if not isinstance(methods, list) or not methods:
        return _AUTHENTICATIONS[0]
    return next((method for method in _AUTHENTICATIONS if method in methods), None)


def _usable(document: Mapping[str, Any]) -> Sequence[jwt.PyJWK]:
    """Read the keys that sign; what is of a kind we do not know is left alone."""
    found = []
    shown = document.get("keys")
    for jwk in shown if isinstance(shown, list) else ():
        try:
            if jwk.get("use", "sig") == "sig":
                found.append(jwt.PyJWK(jwk))
        except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
            continue
    return found


def _basic(client_id: str, secret: str) -> str:
    return base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def _error_in(body: bytes) -> str:
    """Read the word of RFC 6749 §5.2, and nothing of what else a provider may say."""
    try:
        said = orjson.loads(body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "-"
    return said if isinstance(said, str) and said.isidentifier() else "-"
