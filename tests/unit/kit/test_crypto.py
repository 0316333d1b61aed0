"""Sealing at rest."""

import base64
import json
import stat
from pathlib import Path

import pytest

from shared.kit.crypto import KeyRing, Unsealable

KEYS = {"old": bytes(32), "new": bytes(range(32))}


def test_what_is_sealed_opens_at_its_place_alone() -> None:
    ring = KeyRing(KEYS, active="new")
    sealed = ring.seal("whsec_王", "tenant", "secrets", "row")
    assert ring.unseal(sealed, "tenant", "secrets", "row") == "whsec_王"
    for place in (("other", "secrets", "row"), ("tenant", "secrets"), ()):
        with pytest.raises(Unsealable):
            ring.unseal(sealed, *place)


def test_the_same_text_never_looks_the_same() -> None:
    ring = KeyRing(KEYS, active="new")
    assert ring.seal("secret", 1) != ring.seal("secret", 1)


def test_a_replaced_key_still_opens_what_it_sealed() -> None:
    sealed = KeyRing(KEYS, active="old").seal("secret", 1)
    assert KeyRing(KEYS, active="new").unseal(sealed, 1) == "secret"
    with pytest.raises(Unsealable):
        KeyRing({"new": KEYS["new"]}, active="new").unseal(sealed, 1)


@pytest.mark.parametrize("sealed", [b"", b"\x03", b"\x03new", b"\x03new" + bytes(11), b"\xff" * 40])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        KeyRing(KEYS, active="new").unseal(sealed, 1)


def test_an_altered_byte_is_noticed() -> None:
    ring = KeyRing(KEYS, active="new")
    sealed = bytearray(ring.seal("secret", 1))
    sealed[-1] ^= 1
    with pytest.raises(Unsealable):
        ring.unseal(bytes(sealed), 1)


def test_a_created_file_is_its_owner_s_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.read(path).unseal(KeyRing.read(path).seal("secret", 1), 1) == "secret"
    with pytest.raises(FileExistsError):
        KeyRing.create(path)


def test_a_file_without_its_active_key_or_with_a_short_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    for active, key in (("2", bytes(32)), ("1", bytes(5))):
        path.write_text(json.dumps({"active": active, "keys": {"1": base64.b64encode(key).decode()}}))
        with pytest.raises(ValueError, match="key"):
            KeyRing.read(path)
