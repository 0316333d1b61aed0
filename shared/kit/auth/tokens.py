"""Access tokens: JWTs the gateway signs with EdDSA and every service verifies for itself."""

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.core.access import Principal
from shared.core.errors import Unauthenticated

ISSUER = "steelyard"
AUDIENCE = "steelyard-api"
LIFETIME = timedelta(minutes=5)
_ALGORITHM = "EdDSA"
_LOOK_SECONDS = 1.0
MOST_KNOWN = 10_000
"""Tokens whose signature need not be checked again; each is verified as often as it is forgotten."""
_REQUIRED = ("exp", "iat", "iss", "aud", "sub", "tenant", "kind")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the id by which verifiers find its public half."""

    key_id: str
    private: Ed25519PrivateKey

    def public_jwk(self) -> dict[str, Any]:
        jwk: dict[str, Any] = jwt.algorithms.OKPAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.key_id, "use": "sig", "alg": _ALGORITHM}

    @classmethod
    def read(cls, path: Path) -> "SigningKey":
        """Read a PEM private key; its id is the file's stem."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{path.name} is not an Ed25519 private key")
        return cls(path.stem, key)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified token says."""

    principal: Principal
    issued_at: datetime
    expires_at: datetime
    session: UUID | None
    """The log-in or grant it belongs to; None for a system that shows its credentials each time."""
    client: UUID | None = None
    """The front end through which a person logged in."""


def sign(
    principal: Principal,
    *,
    key: SigningKey,
    now: datetime,
    session: UUID | None = None,
    client: UUID | None = None,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Issue an access token for a caller."""
    hr = principal.hr_departments
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": principal.subject,
        "tenant": str(principal.tenant_id),
        "kind": principal.kind,
        "employee": str(principal.employee_id) if principal.employee_id else None,
        "roles": sorted(principal.roles),
        "scope": " ".join(sorted(principal.scopes)),
        "hr_departments": None if hr is None else [str(department) for department in hr],
        "sid": None if session is None else str(session),
        "client_id": None if client is None else str(client),
        "iat": now.timestamp(),  # with its fraction, so that a revocation and the next log-in fit into one second
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode(claims, key.private, algorithm=_ALGORITHM, headers={"kid": key.key_id})


class Verifier:
    """Checks tokens against a JWK set; its file is looked at every second, so that keys come and go meanwhile.

    What a token says is remembered by its digest until it expires or the keys change: a signature costs more to check
    than all else that is done for a request before it is answered.
    """

    def __init__(self, jwks: Mapping[str, Any], *, file: Path | None = None) -> None:
        self._file = file
        self._changed_at = file.stat().st_mtime_ns if file else 0
        self._looked_at = time.monotonic()
        self._take(jwks)

    @classmethod
    def read(cls, path: Path) -> "Verifier":
        """Read a JWK set from a file."""
        return cls(json.loads(path.read_text("utf-8")), file=path)

    def verify(self, token: str) -> AccessToken:
        """Tell who carries `token`, and since when. Raises Unauthenticated (`token_invalid`, `token_expired`)."""
        self._look_in_time()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and time.time() < known.expires_at.timestamp():
            return known
        found = self._verified(token)
        self._known[digest] = found
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found

    def _verified(self, token: str) -> AccessToken:
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": list(_REQUIRED)},
            )
            issued_at = datetime.fromtimestamp(claims["iat"], UTC)
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            session, client = _id(claims, "sid"), _id(claims, "client_id")
            return AccessToken(_principal(claims), issued_at, expires_at, session, client)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("token_expired", "The access token has expired.") from None
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
            raise Unauthenticated("token_invalid", "The access token is not valid.") from None

    def _look_in_time(self) -> None:
        if self._file is not None and time.monotonic() - self._looked_at >= _LOOK_SECONDS:
            self._look(self._file)

    def _look(self, file: Path) -> None:
        self._looked_at = time.monotonic()
        changed_at = file.stat().st_mtime_ns
        if changed_at != self._changed_at:
            self._changed_at = changed_at
            self._take(json.loads(file.read_text("utf-8")))

    def _take(self, jwks: Mapping[str, Any]) -> None:
        self._known: OrderedDict[bytes, AccessToken] = OrderedDict()
        self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(jwks)).keys}


def _id(claims: Mapping[str, Any], name: str) -> UUID | None:
    return None if claims.get(name) is None else UUID(claims[name])


def _principal(claims: Mapping[str, Any]) -> Principal:
    hr = claims.get("hr_departments")
    return Principal(
        tenant_id=UUID(claims["tenant"]),
        subject=claims["sub"],
        kind=claims["kind"],
        employee_id=UUID(claims["employee"]) if claims.get("employee") else None,
        roles=frozenset(claims.get("roles", ())),
        scopes=frozenset(claims.get("scope", "").split()),
        hr_departments=None if hr is None else tuple(map(UUID, hr)),
    )
