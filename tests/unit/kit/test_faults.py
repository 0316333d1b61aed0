"""Failures are told apart: what is away comes back, what is transient passes, the rest is wrong."""

import asyncio
import errno
import socket
import ssl

import asyncpg
import pytest
import uvloop
from aiokafka.errors import KafkaConnectionError, NotLeaderForPartitionError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared.core.errors import Conflict, Unavailable
from shared.kit.faults import is_outage, is_timeout, is_transient, name_of


class Driver(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


AWAY = [
    ConnectionResetError(),
    TimeoutError(),
    OSError("Multiple exceptions: [Errno 111] …, [Errno 111] …"),
    OSError(errno.ENETUNREACH, "no route"),
    OSError(errno.EMFILE, "too many open files"),
    socket.gaierror(socket.EAI_AGAIN, "no name server"),
    ssl.SSLError(),
    KafkaConnectionError(),
    NotLeaderForPartitionError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.CannotConnectNowError("starting up"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.DiskFullError("no space left"),
    asyncpg.InvalidPasswordError("a rotated password"),
    asyncpg.InvalidAuthorizationSpecificationError("a role that may not log in"),
    asyncpg.ReadOnlySQLTransactionError("a standby"),
    DBAPIError("", {}, Driver("53200")),
    DBAPIError("", {}, Driver("58030")),
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
    DBAPIError("", {}, Driver("53400")),
    OperationalError("", {}, Driver("")),
    Unavailable("tenant_unknown", "…"),
    ExceptionGroup("in each company", [ConnectionResetError(), Unavailable("tenant_unknown", "…")]),
]
WRONG = [
    RuntimeError("dictionary changed size during iteration"),
    ValueError(),
    IntegrityError("", {}, Driver("23505")),
    Conflict("already_exists", "…"),
    KeyError("x"),
    FileNotFoundError(errno.ENOENT, "no such file"),
    PermissionError(errno.EACCES, "not yours"),
    OSError(errno.ENOSPC, "no space left for a file"),
    ExceptionGroup("in each company", [ConnectionResetError(), KeyError("x")]),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_a_dependency_that_is_away(error: Exception) -> None:
    assert (is_outage(error), is_transient(error)) == (True, True)


def test_it_is_named_as_the_driver_names_it() -> None:
    passed_on = Driver("28P01")
    passed_on.__cause__ = asyncpg.InvalidPasswordError("a rotated password")
    assert name_of(DBAPIError("", {}, passed_on)) == "InvalidPasswordError"
    assert name_of(ConnectionResetError()) == "ConnectionResetError"


def test_a_connection_that_broke_before_it_is_written_to_is_away() -> None:
    """As uvloop tells it, on which every process runs."""

    async def written() -> None:
        here, there = socket.socketpair()
        with there:
            transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=here)
            transport.abort()
            await asyncio.sleep(0)
            transport.write(b"too late")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, pytest.raises(RuntimeError) as raised:
        runner.run(written())
    assert is_outage(raised.value)


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes_by_itself_while_everything_answers(error: Exception) -> None:
    assert (is_outage(error), is_transient(error)) == (False, True)


@pytest.mark.parametrize("error", WRONG, ids=repr)
def test_what_is_wrong(error: Exception) -> None:
    assert (is_outage(error), is_transient(error)) == (False, False)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), True),
        (DBAPIError("", {}, TimeoutError()), True),
        (ExceptionGroup("in each company", [ConnectionResetError(), TimeoutError()]), True),
        (OSError(errno.ETIMEDOUT, "the connection was given up"), False),
        (ConnectionResetError(), False),
        (asyncpg.QueryCanceledError("canceled"), False),
    ],
    ids=repr,
)
def test_an_answer_that_did_not_come_in_time(error: Exception, expected: bool) -> None:  # noqa: FBT001
    assert is_timeout(error) == expected
