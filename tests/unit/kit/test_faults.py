"""Failures are told apart: what is away comes back, what is transient passes, the rest is wrong."""

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError, NotLeaderForPartitionError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared.core.errors import Conflict, Unavailable
from shared.kit.faults import is_outage, is_transient


class Driver(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


AWAY = [
    ConnectionResetError(),
    TimeoutError(),
    OSError("no route"),
    KafkaConnectionError(),
    NotLeaderForPartitionError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.CannotConnectNowError("starting up"),
    DBAPIError("", {}, Driver("57P01")),
    DBAPIError("", {}, Driver("08006")),
    DBAPIError("", {}, ConnectionRefusedError()),
    DBAPIError("", {}, Driver("XX000"), connection_invalidated=True),
    ExceptionGroup("in each company", [ConnectionResetError(), TimeoutError()]),
]
PASSING = [
    asyncpg.DeadlockDetectedError("deadlock"),
    DBAPIError("", {}, Driver("40001")),
    DBAPIError("", {}, Driver("57014")),
    DBAPIError("", {}, Driver("55P03")),
    OperationalError("", {}, Driver("")),
    Unavailable("tenant_unknown", "…"),
    ExceptionGroup("in each company", [ConnectionResetError(), Unavailable("tenant_unknown", "…")]),
]
WRONG = [
    ValueError(),
    IntegrityError("", {}, Driver("23505")),
    Conflict("already_exists", "…"),
    KeyError("x"),
    ExceptionGroup("in each company", [ConnectionResetError(), KeyError("x")]),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_a_dependency_that_is_away(error: Exception) -> None:
    assert (is_outage(error), is_transient(error)) == (True, True)


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes_by_itself_while_everything_answers(error: Exception) -> None:
    assert (is_outage(error), is_transient(error)) == (False, True)


@pytest.mark.parametrize("error", WRONG, ids=repr)
def test_what_is_wrong(error: Exception) -> None:
    assert (is_outage(error), is_transient(error)) == (False, False)
