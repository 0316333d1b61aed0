"""Access tokens: what a verifier lets in, and everything it must not."""

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
    assert VERIFIER.verify(sign(principal, key=KEY, now=datetime.now(UTC))) == principal


def test_an_expired_token_is_refused() -> None:
    with pytest.raises(Unauthenticated) as caught:
        VERIFIER.verify(sign(PERSON, key=KEY, now=datetime.now(UTC) - timedelta(minutes=6)))
    assert caught.value.code == "token_expired"


def forged() -> list[str]:
    stranger = SigningKey("one", Ed25519PrivateKey.generate())
    unknown = SigningKey("two", KEY.private)
    head = {"kid": "one"}
    return [
        "",
        "not.a.token",
        sign(PERSON, key=stranger, now=datetime.now(UTC)),
        sign(PERSON, key=unknown, now=datetime.now(UTC)),
        jwt.encode(claims(), "", algorithm="none", headers=head),
        jwt.encode(claims(), "a secret of thirty-two characters", algorithm="HS256", headers=head),
        jwt.encode(claims(aud="another-api"), KEY.private, algorithm="EdDSA", headers=head),
        jwt.encode(claims(iss="somebody"), KEY.private, algorithm="EdDSA", headers=head),
        jwt.encode(claims(tenant="not-a-uuid"), KEY.private, algorithm="EdDSA", headers=head),
        jwt.encode({k: v for k, v in claims().items() if k != "exp"}, KEY.private, algorithm="EdDSA", headers=head),
    ]


@pytest.mark.parametrize("token", forged())
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated) as caught:
        VERIFIER.verify(token)
    assert caught.value.code == "token_invalid"
