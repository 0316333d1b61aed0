"""A unit of work as use cases see it: read, decide, save, publish, commit once and last."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from shared.contracts.envelope import EventData
from shared.core.operation import Operation


class UnitOfWork(Protocol):
    """One transaction inside one tenant. Leaving it without `commit` undoes everything."""

    @property
    def tenant_id(self) -> UUID: ...

    @property
    def zone(self) -> str:
        """The tenant's IANA time zone."""
        ...

    @property
    def currency(self) -> str:
        """The tenant's ISO 4217 currency."""
        ...

    @property
    def locale(self) -> str:
        """The language in which the tenant's people are told things: `zh` or `en`."""
        ...

    def now(self) -> datetime:
        """Tell business time: real time, shifted in a sandbox."""
        ...

    def today(self) -> date:
        """Tell the business day in the tenant's zone."""
        ...

    def new_id(self) -> UUID: ...

    def publish(self, event: EventData) -> None:
        """Let an event leave with this unit's commit; lock the event's subject first, so that its order holds."""
        ...

    async def commit(self) -> None: ...


class Operations(Protocol):
    """Long work that somebody has asked for."""

    async def add(self, operation: Operation, /) -> None:
        """Let it be worked on once this unit is committed."""
        ...

    async def forget(self, age: timedelta, /, *, now: datetime) -> None:
        """Delete what ended longer ago."""
        ...


E = TypeVar("E")


class Repository(Protocol[E]):
    """What every repository can do; a service's ports add the look-ups its use cases need."""

    async def get(self, entity_id: UUID, /) -> E:
        """Load and lock one. Raises NotFound."""
        ...

    async def find(self, **equals: object) -> E | None: ...

    async def all(self, **equals: object) -> list[E]: ...

    async def add(self, entity: E, /) -> None: ...

    async def save(self, entity: E, /) -> None: ...


Unit = TypeVar("Unit", bound=UnitOfWork)
Work = Callable[[], AbstractAsyncContextManager[Unit]]
"""Opens a unit of work in the caller's tenant: `async with work() as uow: … await uow.commit()`."""
