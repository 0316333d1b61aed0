"""What an ID token says, if its provider signed it, for us, for this log-in, for now (OpenID Connect §3.1.3.7)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from services.gateway.domain.identity.identity_provider import Identity
from shared.core.errors import Unauthenticated

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Asymmetric ones alone: neither `none`, nor a shared secret that a public key could be taken for."""
OLDEST = timedelta(minutes=10)
_LEEWAY = timedelta(seconds=30)
_REQUIRED = ("iss", "sub", "aud", "exp", "iat", "nonce")
_SUBJECT = re.compile(r"[ -~]{1,255}")
"""ASCII of at most 255 characters (OpenID Connect §2)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say to be the answer to what was asked."""

    issuer: str
    client_id: str
    nonce: str
    at: datetime
    """Real time."""


def key_id_of(token: str) -> str | None:
    """Tell by which key a token says it was signed. Raises Unauthenticated (`identity_token_invalid`)."""
    try:
        return jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError as error:
        raise refused("it is no token") from error


def read_id_token(token: str, keys: Sequence[jwt.PyJWK], expected: Expected) -> Identity:
    """Verify. Raises Unauthenticated (`identity_token_invalid`)."""
    for key in keys:
        claims = _signed(token, key, expected)
        if claims is not None:
            _require_meant(claims, expected)
            return Identity(expected.issuer, claims["sub"], dict(claims))
    raise refused("none of the provider's keys has signed it for us and for now")


def refused(why: str) -> Unauthenticated:
    return Unauthenticated("identity_token_invalid", f"What the provider says cannot be used: {why}.")


def _signed(token: str, key: jwt.PyJWK, expected: Expected) -> Mapping[str, Any] | None:
    if key.algorithm_name not in ALGORITHMS:
        return None
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=expected.client_id,
            issuer=expected.issuer,
            leeway=_LEEWAY,
            options={"require": list(_REQUIRED)},
        )
    except (jwt.InvalidTokenError, TypeError, ValueError):
        return None
    return claims


def _require_meant(claims: Mapping[str, Any], expected: Expected) -> None:
    audience, authorized = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (several and authorized is None) or authorized not in {None, expected.client_id}:
        raise refused("it was made for somebody else")
    if claims["nonce"] != expected.nonce:
        raise refused("it belongs to another log-in")
    if int(claims["iat"]) < (expected.at - OLDEST).timestamp():
        raise refused("it is too old")
    if not _SUBJECT.fullmatch(str(claims["sub"])):
        raise refused("it names nobody")
