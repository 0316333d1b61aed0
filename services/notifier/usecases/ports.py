"""What the notifier's use cases need from outside."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from services.notifier.domain.change import Change
from services.notifier.domain.delivery import Delivery, Outcome, Parcel, Reply
from services.notifier.domain.digest import Digest
from services.notifier.domain.endpoint import Endpoint, Payload, Secret
from services.notifier.domain.leaders import Leaders
from services.notifier.domain.notification import Notification
from services.notifier.domain.plan import Plan
from services.notifier.domain.reminder import ReminderRule
from shared.contracts import work
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.contracts.procedure import CycleChanged
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row


class Endpoints(work.Repository[Endpoint], Protocol):
    async def subscribed(self, event_types: Collection[str]) -> Sequence[Endpoint]:
        """Give the enabled endpoints that want any of these types, without locking them."""
        ...

    async def remove(self, endpoint: Endpoint) -> None:
        """Delete an endpoint with its secrets, deliveries and their attempts."""
        ...


class Deliveries(Protocol):
    async def queue(self, deliveries: Sequence[Delivery], bodies: Mapping[tuple[UUID, Payload], bytes]) -> None:
        """Store bodies, skip what is waiting and coalesced by these, queue, and wake the dispatchers."""
        ...

    async def get(self, delivery_id: UUID, /, *, endpoint_id: UUID) -> Delivery:
        """Raise NotFound for a delivery of another endpoint."""
        ...

    async def skip_unwanted(self, endpoint: Endpoint) -> None:
        """Skip what is waiting for an endpoint that is disabled or no longer wants its type."""
        ...

    async def fetch(self, endpoint_id: UUID, *, limit: int) -> Sequence[tuple[UUID, bytes]]:
        """Call what waits for a listener delivered, oldest first; gives the ids and bodies of the messages."""
        ...

    async def forget(self, age: timedelta) -> None:
        """Delete messages stored longer ago, with their deliveries and attempts."""
        ...


class Notifications(Protocol):
    async def get(self, notification_id: UUID, /) -> Notification: ...

    async def save(self, notification: Notification, /) -> None: ...

    async def put(self, notifications: Collection[Notification]) -> None:
        """Put into inboxes; under a dedupe key that is there, another text replaces the older and is unread again."""
        ...


class Plans(Protocol):
    async def keep(self, plans: Collection[Plan]) -> frozenset[UUID]:
        """Keep newer states; gives the plans that were news."""
        ...

    async def by_id(self, plan_ids: Collection[UUID]) -> Mapping[UUID, Plan]: ...


class Cycles(Protocol):
    async def keep(self, event: CycleChanged) -> None: ...

    async def names(self, cycle_ids: Iterable[UUID]) -> Mapping[UUID, str]: ...


class Digests(Protocol):
    async def add(self, digests: Collection[Digest]) -> Sequence[Digest]:
        """Add to what is known of each run and department; gives the sums."""
        ...


class Feed(Protocol):
    """The feed of changes, whose order is that of the commits."""

    def add(self, changes: Iterable[Change]) -> None:
        """Let changes be known with this unit's commit."""
        ...

    async def forget(self, age: timedelta) -> None:
        """Delete changes recorded longer ago; cursors before them expire."""
        ...


@dataclass(frozen=True, slots=True)
class ChangesAsked:
    """What a reader of the feed wants: without a position, from the oldest kept, or from the newest on."""

    reaches: Mapping[str, Reach]
    """By resource how far the caller reads it."""
    limit: int
    after: int | None = None
    latest: bool = False
    types: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChangesFound:
    rows: Sequence[Row]
    position: int
    """From where to read on."""
    has_more: bool
    """Whether there is something behind that position already, though perhaps not within reach."""


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...

    async def keep_calendar(self, event: CalendarChanged) -> bool: ...

    async def heads(self, department_ids: Iterable[UUID], *, on: date) -> Mapping[UUID, frozenset[UUID]]:
        """Give the heads and acting heads of each department on a day; nobody leads one that is not there."""
        ...

    async def leaders(self, department_ids: Collection[UUID], *, on: date) -> Leaders:
        """Give who leads these departments and those above them on a day."""
        ...

    async def members(self, department_ids: Iterable[UUID], *, on: date) -> frozenset[UUID]:
        """Give the people employed in any of these departments on a day."""
        ...

    async def department_names(self, department_ids: Iterable[UUID]) -> Mapping[UUID, str]: ...

    async def employee_names(self, employee_ids: Iterable[UUID]) -> Mapping[UUID, str]: ...


class UnitOfWork(work.UnitOfWork, Protocol):
    @property
    def locale(self) -> str:
        """The tenant's language, `zh` or `en`."""
        ...

    @property
    def sandbox(self) -> bool: ...

    @property
    def endpoints(self) -> Endpoints: ...

    @property
    def secrets(self) -> work.Repository[Secret]: ...

    @property
    def deliveries(self) -> Deliveries: ...

    @property
    def notifications(self) -> Notifications: ...

    @property
    def reminder_rules(self) -> work.Repository[ReminderRule]: ...

    @property
    def plans(self) -> Plans: ...

    @property
    def cycles(self) -> Cycles: ...

    @property
    def digests(self) -> Digests: ...

    @property
    def feed(self) -> Feed: ...

    @property
    def org(self) -> Organisation: ...


Work = work.Work[UnitOfWork]


class Bell(Protocol):
    """Says that there may be something to do."""

    def ring(self, *_: object) -> None: ...

    async def wait(self, *, seconds: float) -> None:
        """Return at the next ring or after `seconds`. Raises ConnectionError once nobody can ring any more."""
        ...


class DeliveryQueue(Protocol):
    """The queue of all tenants, as dispatchers see it."""

    def listen(self) -> AbstractAsyncContextManager[Bell]: ...

    async def claim(self, *, room: int, slots: int, lease: timedelta) -> Sequence[Parcel]:
        """Lease up to `room` due deliveries, no more than `slots` at a time for any endpoint."""
        ...

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Record outcomes whose lease still holds."""
        ...

    async def release(self, parcels: Sequence[Parcel]) -> None:
        """Give back what was claimed and not sent."""
        ...


class Courier(Protocol):
    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply: ...


class Queries(Protocol):
    """What routes read without a use case."""

    async def webhooks(self, page: PageRequest) -> Page: ...

    async def webhook(self, webhook_id: UUID) -> Row: ...

    async def deliveries(self, webhook_id: UUID, page: PageRequest, *, state: str | None) -> Page: ...

    async def delivery(self, webhook_id: UUID, delivery_id: UUID) -> Row: ...

    async def notifications(self, employee_id: UUID, page: PageRequest, *, unread: bool | None) -> Page: ...

    async def reminder_rules(self, page: PageRequest) -> Page: ...

    async def changes(self, asked: ChangesAsked) -> ChangesFound: ...
