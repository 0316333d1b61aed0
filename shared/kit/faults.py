"""Which failures pass by themselves: a dependency that is away, rather than work that is wrong."""

import asyncpg
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.core.errors import DomainError

_AWAY_STATES = ("08", "57P")
"""SQLSTATE classes: connection, and a server that shuts down, has crashed or starts up."""
_TRANSIENT_STATES = (*_AWAY_STATES, "40", "53", "55P03", "57")
"""Besides: serialization and deadlock, resources, lock not available, operator intervention."""
_AWAY = (OSError, TimeoutError, PoolTimeout, asyncpg.InterfaceError, asyncpg.InternalClientError, KafkaError)
_LOST = (OperationalError, InterfaceError)


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
    """Tell whether the database or the bus is away, so that no work at all can succeed."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_outage, error.exceptions))
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _state_of(error).startswith(_AWAY_STATES) or _is_away(error.orig)
    return _state_of(error).startswith(_AWAY_STATES) or _is_away(error)


def _is_away(error: BaseException | None) -> bool:
    return isinstance(error, _AWAY)


def _state_of(error: BaseException) -> str:
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return state if isinstance(state, str) else ""
