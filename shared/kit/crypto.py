"""Secrets at rest: AES-256-GCM under keys that lie in a file of their own, apart from the database."""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BITS = 256


class Unsealable(Exception):
    """The sealed bytes were altered, belong elsewhere, or were sealed under a key that is not in the file."""


class KeyRing:
    """Named keys: the active one seals, all of them open, so that a key can be replaced while in use.

    Sealed bytes are the length and name of the key, a random nonce, and the ciphertext with its tag.
    """

    def __init__(self, keys: Mapping[str, bytes], *, active: str) -> None:
        self._ciphers = {name.encode(): AESGCM(key) for name, key in keys.items()}
        self._active = active.encode()
        if self._active not in self._ciphers:
            raise ValueError(f"the active key {active!r} is not among the keys")

    @classmethod
    def read(cls, path: Path) -> "KeyRing":
        """Read `{"active": name, "keys": {name: 32 bytes in base64}}`."""
        document = json.loads(path.read_text("utf-8"))
        keys = {name: base64.b64decode(key, validate=True) for name, key in document["keys"].items()}
        return cls(keys, active=document["active"])

    @staticmethod
    def create(path: Path, *, name: str = "1") -> None:
        """Write a new file with one random key, readable by its owner alone. Raises FileExistsError."""
        key = base64.b64encode(AESGCM.generate_key(_KEY_BITS)).decode()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"active": name, "keys": {name: key}}, file)

    def seal(self, plain: str, *place: object) -> bytes:
        """Encrypt a text for its `place` (tenant, table, column, row): elsewhere it will not open."""
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = self._ciphers[self._active].encrypt(nonce, plain.encode(), _bound(place))
        return bytes([len(self._active)]) + self._active + nonce + ciphertext

    def unseal(self, sealed: bytes, *place: object) -> str:
        """Undo `seal`. Raises Unsealable."""
        end = 1 + int.from_bytes(sealed[:1], "big")
        name, rest = sealed[1:end], sealed[end:]
        try:
            plain = self._ciphers[name].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _bound(place))
        except (KeyError, ValueError, InvalidTag):
            raise Unsealable("the sealed bytes do not open here") from None
        return plain.decode()


def _bound(place: tuple[object, ...]) -> bytes:
    return "\x1f".join(map(str, place)).encode()
