"""Which failures pass by themselves: a dependency that is away, rather than work that is wrong."""

import errno
import socket
import ssl

import asyncpg
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.core.errors import DomainError

_AWAY_STATES = ("08", "25006", "28", "53000", "53100", "53200", "53300", "57P", "58030")
"""SQLSTATEs: no connection; a server that may only be read, that lets nobody in (a password was rotated), that has no
disk, memory or connection left, that shuts down, has crashed or starts up, or whose disk fails."""
_TRANSIENT_STATES = (*_AWAY_STATES, "40", "53", "55P03", "57")
"""Besides: serialization and deadlock, resources, lock not available, operator intervention."""
_AWAY = (PoolTimeout, asyncpg.InterfaceError, asyncpg.InternalClientError, KafkaError)
_LOST = (OperationalError, InterfaceError)
_UNCONNECTED = (ConnectionError, TimeoutError, socket.gaierror, ssl.SSLError)
_NO_WAY = frozenset(
    {
        *(errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE, errno.ETIMEDOUT, errno.EADDRNOTAVAIL),
        *(errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE),
    }
)
"""What the system says where nothing can be connected; of files it says other things."""
_GONE = "the handler is closed"
"""How uvloop ends a plain RuntimeError where something is written to a connection that has broken."""


def is_transient(error: BaseException) -> bool:
    """Tell whether the same work may succeed when simply tried again; of several failures, whether all of them may."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_transient, error.exceptions))
    if isinstance(error, DomainError):
        return error.retryable
    if isinstance(error, DBAPIError) and isinstance(error, _LOST):
        return True
    return is_outage(error) or _state_of(error).startswith(_TRANSIENT_STATES)


def is_outage(error: BaseException) -> bool:
    """Tell whether the database or the bus is away, so that no work at all can succeed.

    A timeout is taken for an outage; whoever waits outages out has to look closer (`is_timeout`).
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_outage, error.exceptions))
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _state_of(error).startswith(_AWAY_STATES) or _is_away(error.orig)
    return _state_of(error).startswith(_AWAY_STATES) or _is_away(error)


def is_timeout(error: BaseException) -> bool:
    """Tell whether an answer did not come in time: nobody is there to give it, or it takes too long."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(is_timeout, error.exceptions))
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, TimeoutError) and cause.errno is None  # else it is the system's word on a connection


def name_of(error: BaseException) -> str:
    """Name what the driver has said, rather than who passed it on; an error of our own by its code."""
    if isinstance(error, DomainError):
        return error.code
    if isinstance(error, DBAPIError) and error.orig is not None:
        return type(error.orig.__cause__ or error.orig).__name__
    return type(error).__name__


def _is_away(error: BaseException | None) -> bool:
    if type(error) is RuntimeError:
        return str(error).endswith(_GONE)
    return isinstance(error, _AWAY) or (isinstance(error, OSError) and _is_unconnected(error))


def _is_unconnected(error: OSError) -> bool:
    if isinstance(error, _UNCONNECTED) or error.errno in _NO_WAY:
        return True
    return type(error) is OSError and error.errno is None  # what asyncio says where a name has several addresses


def _state_of(error: BaseException) -> str:
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return state if isinstance(state, str) else ""
