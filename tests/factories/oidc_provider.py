"""A small OIDC provider over real HTTP: it signs with real keys, and says what a test wants it to say."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from services.gateway.domain.identity.authorization import challenge_of
from tests.factories.serving import serving

CLIENT_ID, CLIENT_SECRET = "steelyard", "a secret: of+the provider's"


@dataclass
class Key:
    id: str = field(default_factory=lambda: str(uuid4()))
    private: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def public(self) -> dict[str, Any]:
        jwk: dict[str, Any] = jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.id, "use": "sig", "alg": "ES256"}


@dataclass
class Provider:
    """Lets everybody in as `person`, unless a test sets it to err."""

    person: dict[str, Any] = field(default_factory=lambda: {"sub": str(uuid4())})
    keys: list[Key] = field(default_factory=lambda: [Key()])
    """The last one signs."""
    shown: list[Key] | None = None
    """What its key set shows, where that is not all of them."""
    wrong: dict[str, Any] = field(default_factory=dict)
    """Claims that stand in its tokens in the place of the right ones; those that are None are left out."""
    key_set: Any = None
    """What stands in the place of its list of keys, where it errs altogether."""
    header: dict[str, Any] = field(default_factory=dict)
    """The same of what stands before the claims."""
    algorithm: str = "ES256"
    description: dict[str, Any] = field(default_factory=dict)
    """What it says of itself beyond what is so."""
    asks_first: bool = False
    """Whether it shows a page, whose links send the browser back, instead of sending it back at once."""
    names_itself: str | None = None
    """The `iss` of its answers."""
    issuer: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    """The last authorization request."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    redeemed: int = 0
    shown_secret: list[str] = field(default_factory=list)
    """How the client's secret was last shown to it: `basic`, `post`."""

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.description,
        }

    def answer(self, asked: dict[str, str]) -> str:
        """Let the person in, and give the address to which the browser is sent back."""
        self.asked = asked
        code = str(uuid4())
        self.codes[code] = asked
        said = {"code": code, "state": asked["state"]}
        said |= {} if self.names_itself is None else {"iss": self.names_itself}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def token(self, asked: dict[str, str]) -> str:
        now = datetime.now(UTC)
        right = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "nonce": asked["nonce"],
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            **self.person,
        }
        claims = {name: value for name, value in {**right, **self.wrong}.items() if value is not None}
        key = self.keys[-1]
        header = {name: value for name, value in {"kid": key.id, **self.header}.items() if value is not None}
        if self.algorithm == "none":
            return jwt.encode(claims, "", algorithm="none", headers=header)
        if self.algorithm == "HS256":  # with what anybody knows: the public key
            return jwt.encode(claims, str(key.public()["x"]) * 2, algorithm="HS256", headers=header)
        return jwt.encode(claims, key.private, algorithm="ES256", headers=header)

    def redeem(self, form: dict[str, str], authorization: str) -> Response:
        client_id, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        in_header = (unquote_plus(client_id), unquote_plus(secret)) if authorization else None
        in_form = (form.get("client_id"), form["client_secret"]) if "client_secret" in form else None
        self.shown_secret = [way for way, shown in (("basic", in_header), ("post", in_form)) if shown]
        if (CLIENT_ID, CLIENT_SECRET) not in {in_header, in_form}:
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form["code"], None)
        proven = asked is not None and challenge_of(form["code_verifier"]) == asked["code_challenge"]
        if asked is None or not proven or form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.redeemed += 1
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.token(asked)})

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def configuration() -> dict[str, Any]:
            return self.described()

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            shown = [key.public() for key in (self.keys if self.shown is None else self.shown)]
            return {"keys": shown if self.key_set is None else self.key_set}

        @app.get("/authorize")
        async def authorize(request: Request) -> Response:
            back = self.answer(dict(request.query_params))
            return HTMLResponse(_page(back)) if self.asks_first else RedirectResponse(back, 303)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = dict(parse_qsl((await request.body()).decode()))
            return self.redeem(form, request.headers.get("authorization", ""))

        return app


def _page(back: str) -> str:
    refused = (
        f"{back.partition('?')[0]}?{urlencode({'error': 'access_denied', 'state': dict(parse_qsl(back))['state']})}"
    )
    return f'<title>Acme</title><a href="{escape(back)}">Yes</a> <a href="{escape(refused)}">No</a>'


@asynccontextmanager
async def running_provider(**fields: Any) -> AsyncIterator[Provider]:
    provider = Provider(**fields)
    async with serving(provider.app()) as url:
        provider.issuer = url
        yield provider
