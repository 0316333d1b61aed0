"""Files of signed lines (RFC 7515) outside of the database: what is appended once stays, and anybody can check it."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import jwt

from shared.kit.auth.tokens import ISSUER, SigningKey

_ALGORITHM = "EdDSA"
T = TypeVar("T")


class LineInvalid(Exception):
    """A line that nobody has signed who was to, or that says something else than such lines do."""


def signed(key: SigningKey, claims: Mapping[str, Any], *, kind: str) -> str:
    """Write one line; `kind` tells it from whatever else the key signs."""
    headers = {"kid": key.key_id, "typ": kind}
    return jwt.encode({"iss": ISSUER, **claims}, key.private, algorithm=_ALGORITHM, headers=headers)


def append(file: Path, line: str) -> None:
    """Add a line; returns once it is on disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as stream:
        stream.write(f"{line}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())


def read(
    file: Path, jwks: Mapping[str, Any], *, kind: str, required: Collection[str], entry: Callable[[dict[str, Any]], T]
) -> Iterator[T]:
    """Make an entry of each line's claims, none where there is no file. Raises LineInvalid."""
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(jwks)).keys}
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            found = entry(_claims(line, keys, kind=kind, required=required))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise LineInvalid(f"{file.name}, line {number}: {type(error).__name__}") from None
        yield found


def _claims(line: str, keys: Mapping[str | None, jwt.PyJWK], *, kind: str, required: Collection[str]) -> dict[str, Any]:
    header = jwt.get_unverified_header(line)
    if header.get("typ") != kind:
        raise ValueError(f"no {kind}")
    options: Any = {"require": ["iss", *required], "verify_iat": False}
    claims: dict[str, Any] = jwt.decode(
        line, keys[header["kid"]], algorithms=[_ALGORITHM], issuer=ISSUER, options=options
    )
    return claims
