"""An operator's key says whose it is, and nothing else is one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.gateway.domain.hosting.operator import Operator, OperatorKey
from services.gateway.domain.identity.opaque import Opaque, digest_of
from shared.core.errors import Forbidden

NOW = datetime(2026, 3, 4, tzinfo=UTC)
KEY = OperatorKey(uuid4(), bytes(range(32)))
OPERATOR = Operator(KEY.id, "wang", ("tenants:suspend",), digest_of(KEY.secret), NOW, NOW + timedelta(days=1))


def test_a_key_is_read_as_it_was_written() -> None:
    assert OperatorKey.read(KEY.written()) == KEY


@pytest.mark.parametrize(
    "other",
    [
        "",
        "op_",
        "op_!",
        "op_AAAA",
        KEY.written()[3:],
        f"{KEY.written()}AAAA",
        "op_é",
        Opaque(uuid4(), uuid4(), b"x" * 32).written("sk"),
    ],
)
def test_nothing_else_is_a_key(other: str) -> None:
    assert OperatorKey.read(other) is None


def test_a_key_is_good_until_it_ends() -> None:
    assert OPERATOR.is_proven_by(KEY, at=NOW)
    assert not OPERATOR.is_proven_by(OperatorKey(KEY.id, bytes(32)), at=NOW)
    assert not OPERATOR.is_proven_by(KEY, at=OPERATOR.expires_at)
    assert not OPERATOR.ended(at=NOW).is_proven_by(KEY, at=NOW)


def test_a_duty_is_not_another() -> None:
    OPERATOR.require("tenants:suspend")
    with pytest.raises(Forbidden):
        OPERATOR.require("tenants:limit")
