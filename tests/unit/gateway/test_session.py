"""Sessions and the opaque words that carry them on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.identity.attempt import FIRST_WAIT, FREE, LONGEST_WAIT, wait_after
from services.gateway.domain.identity.opaque import SECRET_BYTES, Opaque
from services.gateway.domain.identity.session import GRACE, IDLE, LONGEST, Session

_AT = datetime(2026, 3, 4, 8, 15, tzinfo=UTC)
_MOMENT = timedelta(seconds=1)
_FIRST, _SECOND, _THIRD = (bytes([number]) * 32 for number in (1, 2, 3))


def make_session() -> Session:
    return Session(
        id=uuid4(),
        account_id=uuid4(),
        client_id=None,
        methods=("password",),
        token_digest=_FIRST,
        previous_digest=None,
        created_at=_AT,
        refreshed_at=_AT,
    )


def test_only_the_newest_token_is_good_and_for_a_moment_the_one_before() -> None:
    session = make_session().refreshed(_SECOND, at=_AT)
    assert session.accepts(_SECOND, at=_AT + IDLE)
    assert session.accepts(_FIRST, at=_AT + GRACE)
    assert not session.accepts(_FIRST, at=_AT + GRACE + _MOMENT)
    assert session.gave(_FIRST)
    assert not session.refreshed(_THIRD, at=_AT).accepts(_FIRST, at=_AT)
    assert not session.gave(_SECOND)


def test_a_session_ends_when_it_rests_too_long_and_in_any_case() -> None:
    session = make_session()
    assert session.is_open(_AT + IDLE - _MOMENT)
    assert not session.is_open(_AT + IDLE)
    busy = session.refreshed(_SECOND, at=_AT + LONGEST - _MOMENT)
    assert busy.is_open(_AT + LONGEST - _MOMENT)
    assert not busy.is_open(_AT + LONGEST)
    assert not session.ended(at=_AT).is_open(_AT)


def test_what_has_ended_stays_as_it_ended() -> None:
    assert make_session().ended(at=_AT).ended(at=_AT + IDLE).ended_at == _AT


@given(st.uuids(), st.uuids(), st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES))
def test_an_opaque_word_is_read_as_it_was_written_and_by_its_own_name(
    tenant: UUID, session: UUID, secret: bytes
) -> None:
    word = Opaque(tenant, session, secret)
    assert Opaque.read(word.written("rt"), "rt") == word
    assert Opaque.read(word.written("rt"), "sk") is None
    assert secret.hex() not in repr(word)


@given(st.text())
def test_any_other_text_is_no_opaque_word(text: str) -> None:
    assert Opaque.read(text, "rt") is None
    assert Opaque.read(f"rt_{text}", "rt") is None


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (0, timedelta(0)),
        (FREE - 1, timedelta(0)),
        (FREE, FIRST_WAIT),
        (FREE + 2, 4 * FIRST_WAIT),
        (FREE + 20, LONGEST_WAIT),
        (10**9, LONGEST_WAIT),
    ],
)
def test_the_wait_doubles_up_to_a_bound(failures: int, wait: timedelta) -> None:
    assert wait_after(failures) == wait
