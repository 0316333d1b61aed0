"""Access tokens: what a verifier lets in, and everything it must not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.core.access import Principal
from shared.core.errors import Unauthenticated
from shared.kit.auth.tokens import SigningKey, Verifier, sign

KEY = SigningKey("one", Ed25519PrivateKey.generate())
VERIFIER = Verifier({"keys": [KEY.public_jwk()]})
PERSON = Principal(uuid4(), "account", "person", uuid4(), frozenset({"hr"}), frozenset(), (uuid4(),))
CLIENT = Principal(uuid4(), "client", "client", scopes=frozenset({"scores:read", "observations:write"}))


def claims(**overrides: Any) -> dict[str, Any]:
    token = sign(PERSON, key=KEY, now=datetime.now(UTC))
    return {**jwt.decode(token, options={"verify_signature": False}), **overrides}


@pytest.mark.parametrize("principal", [PERSON, CLIENT])
def test_a_token_tells_who_it_was_signed_for(principal: Principal) -> None:
    assert VERIFIER.verify(sign(principal, key=KEY, now=datetime.now(UTC))).principal == principal


def test_an_expired_token_is_refused() -> None:
    with pytest.raises(Unauthenticated) as caught:
        VERIFIER.verify(sign(PERSON, key=KEY, now=datetime.now(UTC) - timedelta(minutes=6)))
    assert caught.value.code == "token_expired"


STRANGER = SigningKey("one", Ed25519PrivateKey.generate())
HEAD = {"kid": "one"}
FORGERIES: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "no token": lambda: "not.a.token",
    "another key of that name": lambda: sign(PERSON, key=STRANGER, now=datetime.now(UTC)),
    "a key nobody knows": lambda: sign(PERSON, key=SigningKey("two", KEY.private), now=datetime.now(UTC)),
    "unsigned": lambda: jwt.encode(claims(), "", algorithm="none", headers=HEAD),
    "a shared secret": lambda: jwt.encode(
        claims(), "a secret of thirty-two characters", algorithm="HS256", headers=HEAD
    ),
    "another audience": lambda: signed(claims(aud="another-api")),
    "another issuer": lambda: signed(claims(iss="somebody")),
    "no company": lambda: signed(claims(tenant="not-a-uuid")),
    "valid for ever": lambda: signed({name: value for name, value in claims().items() if name != "exp"}),
}
"""Made when they are needed: a run may take longer than a token lives."""


def signed(document: dict[str, Any]) -> str:
    return jwt.encode(document, KEY.private, algorithm="EdDSA", headers=HEAD)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_refused(forgery: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        VERIFIER.verify(FORGERIES[forgery]())
    assert caught.value.code == "token_invalid"
