"""`steelyard operator`: who may ask `/v1/tenants`, by keys that are shown once."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from deploy.errors import DeployError
from deploy.standalone.services import wire_service
from deploy.standalone.settings import Settings
from services.gateway.domain.hosting.operator import Duty, Operator, OperatorKey
from services.gateway.domain.identity.opaque import SECRET_BYTES, digest_of
from services.gateway.usecases.ports.hosting import Operators
from shared.core.errors import Conflict
from shared.core.ids import Uuid7

T = TypeVar("T")


def create(settings: Settings, name: str, *, duties: Sequence[Duty], days: int) -> str:
    """Give an operator a key for so many days; gives the key. Raises DeployError where the name is taken."""
    key, now = OperatorKey(Uuid7().new(), secrets.token_bytes(SECRET_BYTES)), datetime.now(UTC)
    good_until = now + timedelta(days=days)
    operator = Operator(key.id, name, tuple(sorted(set(duties))), digest_of(key.secret), now, good_until)
    try:
        _with_operators(settings, lambda known: known.add(operator))
    except Conflict as error:
        raise DeployError(error.detail) from None
    return key.written()


def known(settings: Settings) -> Sequence[Operator]:
    """List all operators there have ever been."""
    return _with_operators(settings, lambda known: known.all())


def end(settings: Settings, name: str) -> None:
    """Let an operator's key be good no longer, from the next request on. Raises DeployError where there is none."""

    async def end_it(known: Operators) -> None:
        found = next((each for each in await known.all() if each.name == name), None)
        if found is None:
            raise DeployError(f"There is no operator {name}.")
        await known.save(found.ended(at=datetime.now(UTC)))

    _with_operators(settings, end_it)


def _with_operators(settings: Settings, chore: Callable[[Operators], Awaitable[T]]) -> T:
    async def do() -> T:
        gateway = wire_service(settings, "gateway", pool=1)
        try:
            return await chore(gateway.operators)
        finally:
            await gateway.close_quotas()
            await gateway.database.close()

    return asyncio.run(do())
