"""An ID token is taken when all of it is right; altered in one thing alone, each time signed anew, it is refused."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP256R1, generate_private_key
from jwt.utils import base64url_encode

from services.gateway.usecases.identity.id_tokens import ALGORITHMS, OLDEST, Expected, read_id_token
from shared.core.errors import Unauthenticated

ISSUER, CLIENT, NONCE, SUBJECT = "https://id.example.com", "steelyard", "once", "wang"
PRIVATE = generate_private_key(SECP256R1())
Claims = dict[str, Any]


def public(private: Any, algorithm: str) -> jwt.PyJWK:
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(private.public_key(), as_dict=True)
    return jwt.PyJWK({**made, "alg": algorithm, "kid": "1"})


KEY = public(PRIVATE, "ES256")


def right(**altered: object) -> Claims:
    """Give claims that are taken, but for what is altered: None is left out, a time is one from now."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": SUBJECT,
        "nonce": NONCE,
        "iat": timedelta(),
        "exp": timedelta(minutes=5),
        **altered,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    return {
        name: int((now + value).timestamp()) if isinstance(value, timedelta) else value for name, value in told.items()
    }


def signed(claims: Mapping[str, Any]) -> str:
    return encoded({"alg": "ES256", "kid": "1"}, claims)


def encoded(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Sign with the provider's key, whatever the header says."""
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in (header, claims))
    algorithm = jwt.get_algorithm_by_name("ES256")
    return (text + b"." + base64url_encode(algorithm.sign(text, PRIVATE))).decode()


def read(token: str, *keys: jwt.PyJWK) -> str:
    """Read a token as the answer to what was asked, and tell whom it names."""
    expected = Expected(ISSUER, CLIENT, NONCE, datetime.now(UTC))
    return read_id_token(token, keys or (KEY,), expected).subject


def refuses(token: str, *keys: jwt.PyJWK) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        read(token, *keys)
    assert refusal.value.code == "identity_token_invalid"


TAKEN: dict[str, Claims] = {
    "as asked": {},
    "aud: a list": {"aud": [CLIENT]},
    "azp: we": {"azp": CLIENT},
    "azp: we among several": {"aud": [CLIENT, "another"], "azp": CLIENT},
    "exp: a moment ago": {"exp": -timedelta(seconds=20)},
    "iat: some minutes ago": {"iat": timedelta(minutes=1) - OLDEST},
    "iat: in a moment": {"iat": timedelta(seconds=20)},
}


@pytest.mark.parametrize("altered", TAKEN)
def test_what_is_right_is_taken(altered: str) -> None:
    assert read(signed(right(**TAKEN[altered]))) == SUBJECT


ALTERED: dict[str, Claims] = {
    "iss: another": {"iss": "https://elsewhere.example.com"},
    "iss: almost": {"iss": f"{ISSUER}/"},
    "iss: none": {"iss": None},
    "aud: another": {"aud": "another"},
    "aud: others": {"aud": ["another", "a third"]},
    "aud: nobody": {"aud": []},
    "aud: none": {"aud": None},
    "azp: another": {"azp": "another"},
    "azp: another among several": {"aud": [CLIENT, "another"], "azp": "another"},
    "azp: none among several": {"aud": [CLIENT, "another"]},
    "nonce: another": {"nonce": "twice"},
    "nonce: none": {"nonce": None},
    "exp: past": {"exp": -timedelta(minutes=1)},
    "exp: none": {"exp": None},
    "iat: long ago": {"iat": -OLDEST - timedelta(minutes=1)},
    "iat: to come": {"iat": timedelta(minutes=2)},
    "iat: none": {"iat": None},
    "sub: none": {"sub": None},
    "sub: nobody": {"sub": ""},
}


@pytest.mark.parametrize("altered", ALTERED)
def test_one_claim_that_is_wrong_is_enough(altered: str) -> None:
    refuses(signed(right(**ALTERED[altered])))


def _another_signature(token: str) -> str:
    """Put the signature of other claims under these."""
    return token.rpartition(".")[0] + "." + signed(right(sub="li")).rpartition(".")[2]


@pytest.mark.parametrize(
    "alter",
    [
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:],
        _another_signature,
    ],
    ids=("none", "a digit", "of another token"),
)
def test_a_signature_that_does_not_fit_is_enough(alter: Callable[[str], str]) -> None:
    token = signed(right())
    assert read(token) == SUBJECT
    refuses(alter(token))


def test_a_key_that_is_not_the_signers_is_enough() -> None:
    refuses(signed(right()), public(generate_private_key(SECP256R1()), "ES256"))
    assert read(signed(right()), public(generate_private_key(SECP256R1()), "ES256"), KEY) == SUBJECT


@pytest.mark.parametrize("name", ["none", "HS256", "RS256", "ES384", "ES256K", "", None])
def test_an_algorithm_that_is_not_the_keys_is_enough(name: str | None) -> None:
    """What is signed, rightly, is the very header that calls it so."""
    refuses(encoded({"alg": name, "kid": "1"}, right()))
    assert read(encoded({"alg": "ES256", "kid": "1"}, right())) == SUBJECT


def test_no_signature_and_one_with_what_everybody_knows_are_none() -> None:
    shown = str(KEY.key.public_numbers().x).encode()
    refuses(jwt.encode(right(), "", algorithm="none", headers={"kid": "1"}))
    refuses(jwt.encode(right(), shown, algorithm="HS256", headers={"kid": "1"}))
    refuses(jwt.encode(right(), shown, algorithm="HS256"), jwt.PyJWK({"kty": "oct", "k": shown.hex(), "alg": "HS256"}))


def test_a_key_of_an_algorithm_that_is_not_listed_is_none() -> None:
    private = generate_private_key(SECP256K1())
    assert "ES256K" not in ALGORITHMS
    refuses(jwt.encode(right(), private, algorithm="ES256K"), public(private, "ES256K"))
