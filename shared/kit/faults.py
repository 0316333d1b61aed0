"""Which failures pass by themselves: a dependency that is away, rather than work that is wrong."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.core.errors import DomainError

_TRANSIENT_STATES = ("08", "40", "53", "55P03", "57")
"""SQLSTATE classes: connection, serialization and deadlock, resources, lock not available, operator intervention."""


def is_transient(error: BaseException) -> bool:
    """Tell whether the same work may succeed when simply tried again."""
    if isinstance(error, DomainError):
        return error.retryable
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _transient_state(error.orig) or isinstance(error, _LOST)
    if isinstance(error, asyncpg.PostgresError):
        return _transient_state(error)
    return isinstance(error, (ConnectionError, TimeoutError, PoolTimeout, OSError, asyncpg.InterfaceError))


_LOST = (OperationalError, InterfaceError)


def _transient_state(error: object) -> bool:
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_TRANSIENT_STATES)
