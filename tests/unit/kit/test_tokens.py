"""Access tokens: what a verifier lets in, and everything it must not."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
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


def test_a_token_that_is_known_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    token, verifier = sign(PERSON, key=KEY, now=datetime.now(UTC)), Verifier({"keys": [KEY.public_jwk()]})
    expires_at = verifier.verify(token).expires_at
    assert verifier.verify(token) is verifier.verify(token)
    monkeypatch.setattr("shared.kit.auth.tokens.time.time", expires_at.timestamp)
    monkeypatch.setattr("jwt.api_jwt.datetime", _At(expires_at))
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(token)
    assert caught.value.code == "token_expired"


class _At:
    """Stands in the place of `datetime` where a library asks it for the time."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self, tz: tzinfo) -> datetime:
        return self._now.astimezone(tz)


def test_a_token_that_is_known_goes_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.kit.auth.tokens._LOOK_SECONDS", 0.0)
    file, other = tmp_path / "jwks.json", SigningKey("two", Ed25519PrivateKey.generate())
    file.write_text(json.dumps({"keys": [KEY.public_jwk()]}))
    verifier, token = Verifier.read(file), sign(PERSON, key=KEY, now=datetime.now(UTC))
    assert verifier.verify(token).principal == PERSON
    file.write_text(json.dumps({"keys": [other.public_jwk()]}))
    os.utime(file, ns=(0, 0))  # whatever the resolution of its time
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(token)
    assert caught.value.code == "token_invalid"


def test_a_token_like_a_known_one_is_another() -> None:
    token = sign(PERSON, key=KEY, now=datetime.now(UTC))
    VERIFIER.verify(token)
    head, body, signature = token.split(".")
    for forged in (f"{head}.{body}.{signature[::-1]}", f"{head}.{body[::-1]}.{signature}", f"{head}.{body}."):
        with pytest.raises(Unauthenticated):
            VERIFIER.verify(forged)


def test_only_so_many_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.kit.auth.tokens.MOST_KNOWN", 2)
    verifier = Verifier({"keys": [KEY.public_jwk()]})
    now = datetime.now(UTC)
    first, *others = [sign(PERSON, key=KEY, now=now - timedelta(seconds=second)) for second in range(4)]
    known = verifier.verify(first)
    for token in others:
        verifier.verify(token)
    assert verifier.verify(first) is not known
    assert verifier.verify(others[-1]) is verifier.verify(others[-1])


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
