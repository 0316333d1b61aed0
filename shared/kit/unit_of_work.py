"""The unit of work on PostgreSQL: a tenant's transaction whose events leave with its commit."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from shared.contracts.audit import AuditRecorded
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.work import Work
from shared.core.clock import Clock, SystemClock
from shared.core.ids import Ids, Uuid7
from shared.kit.audit import change_in_hand
from shared.kit.db import Database, Transaction
from shared.kit.outbox import add_to_outbox, channel_of, enclose, message_of
from shared.kit.tenancy import Tenant, enter_tenant, is_gone


class UnitOfWork:
    """Base of every service's unit of work; subclasses add its repositories.

    Usually `commit` ends the transaction. While the unit is `lent`, an owner further out (a consumer with its inbox
    row, a request with its stored answer) will commit, and `commit` only says that the work is done.
    """

    def __init__(self, tx: Transaction, tenant: Tenant, works: "Works[UnitOfWork]") -> None:
        self.tx = tx
        self.tenant = tenant
        self._works = works
        self._events: list[Envelope[EventData]] = []
        self._lent = False

    @property
    def tenant_id(self) -> UUID:
        return self.tenant.id

    @property
    def zone(self) -> str:
        return self.tenant.zone

    @property
    def currency(self) -> str:
        return self.tenant.currency

    @property
    def locale(self) -> str:
        return self.tenant.locale

    def now(self) -> datetime:
        return self.tenant.now(self._works.clock)

    def today(self) -> date:
        return self.tenant.today(self._works.clock)

    def new_id(self) -> UUID:
        return self._works.ids.new()

    def publish(self, event: EventData) -> None:
        self._events.append(self._works.enclosed(event, self.tenant_id, at=self.now()))

    async def commit(self) -> None:
        if self._lent:
            return
        await self.conclude()
        watched = change_in_hand(self.tenant_id)
        if watched is not None:
            call, caller = watched
            at = self._works.clock.now()
            self._events.append(self._works.enclosed(call.entry(caller, "done", at=at), self.tenant_id, at=at))
        await add_to_outbox(self.tx, [(envelope.id, message_of(envelope)) for envelope in self._events])
        await self.tx.commit()
        if watched is not None:
            watched[0].recorded = True
        if self._events:
            self._events.clear()
            self._works.wake_relay()

    async def conclude(self) -> None:
        """Write what must come last, because others wait for it until the commit."""

    def lend(self) -> None:
        """Let others work in this unit while the commit stays with the caller, who will `take_back` first."""
        self._lent = True

    def take_back(self) -> None:
        """End the loan: the next `commit` is real again."""
        self._lent = False


U = TypeVar("U", bound=UnitOfWork)
U_co = TypeVar("U_co", bound=UnitOfWork, covariant=True)


class UnitFactory(Protocol[U_co]):
    def __call__(self, tx: Transaction, tenant: Tenant, works: "Works[UnitOfWork]", /) -> U_co: ...


class Works(Generic[U]):
    """Opens the units of work of one service."""

    def __init__(
        self,
        database: Database,
        unit: UnitFactory[U],
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        self.database = database
        self.clock = clock or SystemClock()
        self.ids = ids or Uuid7()
        self._unit = unit

    @asynccontextmanager
    async def begin(self, tenant_id: UUID) -> AsyncIterator[U]:
        async with self.database.transaction() as tx:
            tenant = await enter_tenant(tx, tenant_id)
            yield self._unit(tx, tenant, self)  # type: ignore[arg-type]  # only the unit's own type is narrower

    async def record(self, entry: AuditRecorded, tenant_id: UUID) -> None:
        """Write an entry of the audit log in a transaction of its own, where nothing else is changed.

        Of a tenant that is erased nothing is written any more.
        """
        envelope = self.enclosed(entry, tenant_id, at=entry.occurred_at)
        async with self.database.transaction() as tx:
            if await is_gone(tx, tenant_id):
                return
            await add_to_outbox(tx, [(envelope.id, message_of(envelope))])
            await tx.commit()
        self.wake_relay()

    def enclosed(self, event: EventData, tenant_id: UUID, *, at: datetime) -> Envelope[EventData]:
        return enclose(event, source=self.database.schema, tenant_id=tenant_id, at=at, ids=self.ids)

    def wake_relay(self) -> None:
        """Let the relay look at the outbox soon."""
        self.database.announce(channel_of(self.database))

    def of(self, tenant_id: UUID) -> Work[U]:
        """Bind a tenant, so that a use case can open units without naming it."""

        def work() -> AbstractAsyncContextManager[U]:
            return self.begin(tenant_id)

        return work


def joining(unit: U) -> Work[U]:
    """Make a `Work` that hands out an open unit, which stays open afterwards."""

    @asynccontextmanager
    async def work() -> AsyncIterator[U]:
        yield unit

    return work
