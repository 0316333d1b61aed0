"""Assertions a system signs with its own key to prove who it is (RFC 7523 §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.gateway.domain.identity.client_key import ClientKey
from services.gateway.usecases.identity.admission import client_refused

ALGORITHMS = ("EdDSA", "ES256", "PS256", "RS256")
"""Asymmetric ones alone: a public key is never taken for a shared secret."""
LONGEST = timedelta(minutes=5)
"""How far ahead an assertion may expire; its id is remembered for so long."""
_LEEWAY = timedelta(seconds=30)
_LEAST_RSA_BITS = 2048
_REQUIRED = ("iss", "sub", "aud", "exp", "jti")


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a JWT claims, before anybody has looked at its signature."""

    token: str
    client_id: UUID
    id: str
    expires_at: datetime

    def require_sound(self, keys: Sequence[ClientKey], *, audience: frozenset[str], at: datetime) -> None:
        """Raise Unauthenticated (`client_invalid`) unless one of the keys signed it, for us and for now."""
        if not at - _LEEWAY < self.expires_at <= at + LONGEST + _LEEWAY:
            raise client_refused()
        if not any(self._is_signed_by(key, audience) for key in keys):
            raise client_refused()

    def _is_signed_by(self, key: ClientKey, audience: frozenset[str]) -> bool:
        try:
            jwt.decode(
                self.token,
                jwt.PyJWK(dict(key.jwk or {})),
                algorithms=list(ALGORITHMS),
                audience=audience,
                issuer=str(self.client_id),
                subject=str(self.client_id),
                options={"require": list(_REQUIRED)},
                leeway=_LEEWAY,
            )
        except (jwt.InvalidTokenError, jwt.PyJWKError, TypeError, ValueError):
            return False
        return True


def read_assertion(token: str) -> Assertion:
    """Read what is claimed. Raises Unauthenticated (`client_invalid`)."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False, "require": list(_REQUIRED)})
        client_id, expires_at = UUID(claims["sub"]), datetime.fromtimestamp(claims["exp"], UTC)
        return Assertion(token, client_id, str(claims["jti"]), expires_at)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError):
        raise client_refused() from None


def require_usable(jwk: dict[str, object]) -> None:
    """Raise ValueError unless this is the public half of a key for one of the algorithms, and nothing more."""
    try:
        key = jwt.PyJWK(jwk)
    except (jwt.PyJWKError, jwt.InvalidKeyError, KeyError, TypeError) as error:
        raise ValueError("this is not a JSON Web Key") from error
    if key.algorithm_name not in ALGORITHMS:
        raise ValueError(f"use one of {', '.join(ALGORITHMS)}")
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < _LEAST_RSA_BITS:
        raise ValueError(f"an RSA key needs at least {_LEAST_RSA_BITS} bits")
    if {"d", "p", "q", "dp", "dq", "qi", "k"} & jwk.keys():
        raise ValueError("this is a private key; send its public half alone, and use another one from now on")
