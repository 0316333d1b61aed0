"""Signing keys are replaced while in use: nobody is thrown out, and in the end the old one opens nothing."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.standalone.secrets import keys, retire_signing_keys, rotate_signing_key
from deploy.standalone.settings import Settings
from shared.core.errors import Unauthenticated
from shared.kit.auth.tokens import SigningKey, Verifier, sign
from tests.factories.access import make_hr
from tests.factories.waiting import eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path)


def signed(settings: Settings) -> str:
    """Sign as a gateway does that was just started."""
    return sign(make_hr(uuid4()), key=SigningKey.read(keys(settings).signing), now=datetime.now(UTC))


@pytest.mark.anyio
async def test_a_running_service_learns_which_keys_are_good(settings: Settings) -> None:
    before = signed(settings)
    verifier = Verifier.read(keys(settings).jwks)

    def accepted(token: str) -> bool:
        try:
            return verifier.verify(token).principal.kind == "person"
        except Unauthenticated:
            return False

    async def new_is_good() -> bool:
        return accepted(after)

    async def old_is_void() -> bool:
        return not accepted(before)

    assert rotate_signing_key(settings) == "signing-2"
    after = signed(settings)
    await eventually(new_is_good)
    assert accepted(before)
    retire_signing_keys(settings)
    await eventually(old_is_void)
    assert accepted(after)


def test_a_retired_key_opens_nothing_more_and_its_public_half_is_kept(settings: Settings) -> None:
    before = signed(settings)
    rotate_signing_key(settings)
    assert retire_signing_keys(settings) == ["signing-1"]
    assert retire_signing_keys(settings) == []
    after = Verifier.read(keys(settings).jwks)
    assert after.verify(signed(settings))
    with pytest.raises(Unauthenticated):
        after.verify(before)
    assert Verifier.read(settings.secrets / "retired-jwks.json").verify(before)
    assert not (settings.secrets / "signing-1.pem").exists()


def test_starting_again_changes_nothing(settings: Settings) -> None:
    rotate_signing_key(settings)
    first = keys(settings)
    changed_at = first.jwks.stat().st_mtime_ns
    assert keys(settings) == first
    assert first.jwks.stat().st_mtime_ns == changed_at
    assert rotate_signing_key(settings) == "signing-3"
