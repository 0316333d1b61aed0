"""The inbox: every event has its effect once, in one transaction with the row that remembers it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from sqlalchemy import text

from shared.contracts.envelope import UNREADABLE, Event, EventData, Head, read_event, read_head
from shared.contracts.tenancy import PrincipalRevoked, TenantChanged, TenantErased
from shared.contracts.work import Work
from shared.core.errors import DomainError, TenantGone
from shared.kit.auth.revocations import keep_revocation
from shared.kit.bus.port import Batch, Message
from shared.kit.dead_letters import Letter, reason_of
from shared.kit.faults import is_outage, is_timeout, is_transient
from shared.kit.log import get_logger
from shared.kit.metrics import HANDLED, RETRIED
from shared.kit.outbox import add_to_outbox
from shared.kit.subscriptions import Subscriptions
from shared.kit.telemetry import continue_trace
from shared.kit.tenancy import keep_erasure, keep_tenant
from shared.kit.unit_of_work import U, Works, joining

RETRY_DELAYS = (0.1, 0.5, 2.0)
"""Seconds between the tries an event gets before it goes to the dead letters."""
TURN_SECONDS = 60.0
"""After this long a batch is given back, so that others have their turn and the bus keeps its member."""
TRY_SECONDS = 100.0
"""The longest that one try may take. With all of an event's tries it is less than a member may be silent."""
_RETRIES = 24
"""What those events of a batch that fail alone are tried again, together: where so many fail, nothing passes by."""

_REMEMBER_ALL = "INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[])"
"""Fails where one is known. To ask for each would take PostgreSQL twice as long."""
_REMEMBER_NEW = """
WITH new AS (
    INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id
)
SELECT coalesce(array_agg(event_id), '{}') FROM new
"""
"""Gives the ids that were new."""
_REMEMBER_LETTER = text("INSERT INTO inbox (consumer, event_id) VALUES (:group, :id) ON CONFLICT DO NOTHING")

T = TypeVar("T")
_Step = Callable[[Sequence["_Arrival"]], Awaitable[None]]
"""Has the effect of all it is given, in one transaction."""


_NEWS: Mapping[str, tuple[type[EventData], Callable[..., Awaitable[object]]]] = {
    TenantChanged.event_type: (TenantChanged, keep_tenant),
    TenantErased.event_type: (TenantErased, keep_erasure),
    PrincipalRevoked.event_type: (PrincipalRevoked, keep_revocation),
}
"""What every service that consumes keeps, as often as it comes: who is a tenant, and whose tokens are void."""


class NotYet(Exception):
    """Something this work needs has not arrived yet; it may be in another partition, and is worth waiting for."""


class Unfinished(Exception):
    """A batch has had its time. Fewer messages at once come to their end; what had its effect is known."""


class TooSlow(Exception):
    """A try took too long although the database answers."""


class _Arrival(NamedTuple):
    head: Head
    message: Message
    ordinal: int


@dataclass(slots=True)
class _Turn:
    """One taking of a batch, whose events share time and retries."""

    batch: Batch
    patient: bool
    ends_at: float
    retries: int = _RETRIES

    def check(self) -> None:
        """Raise Unfinished where the time is over and fewer messages at once would be fewer."""
        if len(self.batch.messages) > 1 and asyncio.get_running_loop().time() > self.ends_at:
            raise Unfinished

    def may_retry(self, error: Exception, *, alone: bool) -> bool:
        """Tell whether the same again may help; among several one may be poison, which is found by going apart."""
        if isinstance(error, DomainError) and error.retryable:
            return False  # it has been waited for longer than any pause
        if is_transient(error):
            return True
        self.retries -= alone
        return alone and self.retries >= 0 and not isinstance(error, ValidationError)


class Inbox(Generic[U]):
    """Applies batches for one group; `patient` callers are told NotYet, others let the dead letters have it.

    What comes of a tenant that is erased is passed over.
    """

    def __init__(
        self,
        works: Works[U],
        subscriptions: Subscriptions,
        *,
        group: str,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        turn: float = TURN_SECONDS,
        longest_try: float = TRY_SECONDS,
    ) -> None:
        self._works = works
        self._handlers = subscriptions.handlers
        self._kinds = subscriptions.kinds
        self._group = group
        self._retry_delays = retry_delays
        self._turn = turn
        self._longest_try = longest_try
        self._log = get_logger(__name__).bind(group=group)

    async def take(self, batch: Batch, *, patient: bool = True) -> None:
        """Apply a batch tenant by tenant; what cannot be read or applied leaves for the dead letters.

        Raises NotYet, Unfinished, and whatever says that the database is away. The batch may then be taken again: what
        had its effect is known.
        """
        turn = _Turn(batch, patient, asyncio.get_running_loop().time() + self._turn)
        by_tenant: dict[UUID, list[_Arrival]] = defaultdict(list)
        news: list[_Arrival] = []
        for ordinal, message in enumerate(batch.messages):
            try:
                head = read_head(message.value)
            except UNREADABLE as error:
                await self._bury(batch, message, ordinal, error)
                continue
            arrival = _Arrival(head, message, ordinal)
            if head.type in _NEWS:
                news.append(arrival)
            if head.type in self._kinds:
                by_tenant[head.tenantid].append(arrival)
        if news:
            await self._apply(turn, self._keep, news)
        for tenant_id, arrivals in by_tenant.items():
            try:
                await self._apply(turn, partial(self._handle_all, tenant_id), arrivals)
            except TenantGone:
                HANDLED.labels(self._group, "", "erased").inc(len(arrivals))

    async def _apply(self, turn: _Turn, step: _Step, arrivals: Sequence[_Arrival]) -> None:
        """Try all at once; where that keeps failing, halve, until the poison stands alone."""
        turn.check()
        try:
            await self._attempt(turn, step, arrivals)
        except Exception as error:
            if is_outage(error) or isinstance(error, NotYet | TenantGone):
                raise
            if len(arrivals) == 1:
                await self._bury(turn.batch, arrivals[0].message, arrivals[0].ordinal, error)
                return
            middle = len(arrivals) // 2
            await self._apply(turn, step, arrivals[:middle])
            await self._apply(turn, step, arrivals[middle:])

    async def _attempt(self, turn: _Turn, step: _Step, arrivals: Sequence[_Arrival]) -> None:
        for delay in (*self._retry_delays, None):
            try:
                await self._try(step, arrivals)
            except Exception as error:
                if is_outage(error) or isinstance(error, TenantGone):
                    raise
                if turn.patient and isinstance(error, DomainError) and error.retryable:
                    raise NotYet(error.code) from error
                if delay is None or not turn.may_retry(error, alone=len(arrivals) == 1):
                    raise
                self._note_retry(error, events=len(arrivals))
                await asyncio.sleep(delay)
            else:
                return

    async def _try(self, step: _Step, arrivals: Sequence[_Arrival]) -> None:
        """Try once. Raises TooSlow where that takes too long and it is not the database that is away."""
        try:
            async with asyncio.timeout(self._longest_try):
                await step(arrivals)
        except Exception as error:
            if is_timeout(error) and await self._works.database.answers():
                raise TooSlow from error
            raise

    async def _handle_all(self, tenant_id: UUID, arrivals: Sequence[_Arrival]) -> None:
        """Take all for new, as they nearly always are; where one is known, begin again and tell them apart."""
        try:
            await self._handle_new(tenant_id, arrivals, _REMEMBER_ALL)
        except asyncpg.UniqueViolationError as error:
            if error.table_name != "inbox":  # but a handler's own
                raise
            await self._handle_new(tenant_id, arrivals, _REMEMBER_NEW)

    async def _handle_new(self, tenant_id: UUID, arrivals: Sequence[_Arrival], remember: str) -> None:
        async with self._works.begin(tenant_id) as uow:
            new = await self._remember(await uow.tx.driver(), arrivals, remember)
            uow.lend()
            for type_name, run in groupby(new, key=attrgetter("type")):
                await self._handle(self._kinds[type_name], list(run), joining(uow))
            uow.take_back()
            await uow.commit()
        self._note_handled(arrivals, new)

    async def _remember(
        self, driver: asyncpg.Connection, arrivals: Sequence[_Arrival], statement: str
    ) -> list[Event[Any]]:
        """Note the ids, and give the events that are new here. Raises ValidationError where one of them is none."""
        ids = [arrival.head.id for arrival in arrivals]
        noting = asyncio.create_task(driver.fetchval(statement, self._group, ids))
        try:
            await asyncio.sleep(0)  # lets the statement leave: the database works while the events are read
            events = [self._read(arrival) for arrival in arrivals]
        finally:
            new = await noting
        return _sound(events if new is None else _among(set(new), ids, events))

    def _read(self, arrival: _Arrival) -> Event[Any] | ValidationError:
        """Give what is wrong with an event instead of raising it: it may be known, and then nobody cares."""
        try:
            return read_event(arrival.head, self._kinds[arrival.head.type])
        except ValidationError as error:
            return error

    async def _handle(self, kind: type[EventData], events: Sequence[Event[Any]], work: Work[U]) -> None:
        continue_trace(events[0].traceparent)
        await self._handlers[kind](events, work)

    async def _keep(self, arrivals: Sequence[_Arrival]) -> None:
        """Keep news, which may come as often as it likes. Raises ValidationError where one of them is none."""
        async with self._works.database.transaction() as tx:
            for arrival in arrivals:
                kind, keep = _NEWS[arrival.head.type]
                await keep(tx, event=read_event(arrival.head, kind).data)
            await tx.commit()

    async def _bury(self, batch: Batch, message: Message, ordinal: int, error: Exception) -> None:
        """Set a message aside through the outbox, which loses nothing that a broker may lose; once, if taken again."""
        letter = Letter.about(message, self._group, partition=batch.partition, offset=batch.offset_of(ordinal))
        async with self._works.database.transaction() as tx:
            if not (await tx.execute(_REMEMBER_LETTER, {"group": self._group, "id": letter.id})).rowcount:
                return
            dead = letter.addressed(reason_of(error), at=self._works.clock.now())
            await add_to_outbox(tx, [(letter.id, dead)])
            await tx.commit()
        self._works.wake_relay()
        HANDLED.labels(self._group, "", "dead").inc()
        self._log.error("event.dead", **letter.described(), reason=reason_of(error), exc_info=_shown(error))

    def _note_handled(self, arrivals: Sequence[_Arrival], fresh: Sequence[Event[Any]]) -> None:
        for type_name, count in Counter(event.type for event in fresh).items():
            HANDLED.labels(self._group, type_name, "applied").inc(count)
        if repeated := len(arrivals) - len(fresh):
            HANDLED.labels(self._group, "", "repeated").inc(repeated)
            self._log.info("events.repeated", events=repeated)

    def _note_retry(self, error: Exception, *, events: int) -> None:
        RETRIED.labels(self._group).inc()
        self._log.warning("events.retried", events=events, reason=reason_of(error), exc_info=_shown(error))


def _sound(events: Sequence[Event[Any] | ValidationError]) -> list[Event[Any]]:
    for event in events:
        if isinstance(event, ValidationError):
            raise event
    return cast("list[Event[Any]]", events)


def _among(new: set[UUID], ids: Sequence[UUID], events: Sequence[T]) -> list[T]:
    """Keep the events whose ids are new; the same one may stand twice in one batch."""
    fresh = []
    for event_id, event in zip(ids, events, strict=True):
        if event_id in new:
            new.remove(event_id)
            fresh.append(event)
    return fresh


def _shown(error: Exception) -> Exception | None:
    """Keep out of logs what quotes the event itself."""
    return None if isinstance(error, (ValidationError, *UNREADABLE)) else error
