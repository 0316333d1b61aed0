"""What the connector's use cases need from outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.connector.domain.business_target import BusinessTarget
from services.connector.domain.completeness import Totals, Watermark
from services.connector.domain.connection import Connection
from services.connector.domain.identity import Directory, IdentityLink, Reference
from services.connector.domain.observation import Change, Observation
from services.connector.domain.tally import Tally
from shared.contracts import work
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.core.periods import Period


class Connections(work.Repository[Connection], Protocol):
    async def named(self, key: str) -> Connection:
        """Read one by its key without locking it. Raises NotFound (`source_unknown`)."""
        ...

    async def keys(self) -> Mapping[UUID, str]:
        """Give the key of each by its id."""
        ...

    async def silent(self, at: datetime) -> Sequence[Connection]:
        """Load and lock those whose silence has become too long and is not announced yet."""
        ...

    async def ensure(self, connection: Connection) -> None:
        """Insert unless it is there."""
        ...

    async def heard_from(self, connection_id: UUID, *, at: datetime) -> None:
        """Note that it is not silent."""
        ...


class Identities(work.Repository[IdentityLink], Protocol):
    async def remove(self, link: IdentityLink) -> None: ...

    async def directory(self, connection_id: UUID, references: Collection[Reference]) -> Directory:
        """Look up what is known of these references; until the commit nobody else can `change` it."""
        ...

    async def work_numbers(self, employee_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Give the numbers of those who are known."""
        ...

    async def change(self) -> None:
        """Wait for all who have looked something up, so that none of them misses the change that follows."""
        ...


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...


class Observations(Protocol):
    async def add(self, observations: Sequence[Observation]) -> set[str]:
        """Insert those whose record is new, in the given order; gives the remote ids of those inserted.

        They came through one connection, at one time.
        """
        ...

    async def get(self, observation_id: UUID, /) -> Observation:
        """Load and lock one. Raises NotFound."""
        ...

    async def of_records(self, connection_id: UUID, remote_ids: Sequence[str]) -> Sequence[Observation]:
        """Load and lock those of these records, in the order of their remote ids."""
        ...

    async def save(self, changes: Sequence[Change]) -> None:
        """Write what changed of observations that were loaded or added before, and what they were until now."""
        ...

    async def revisions_under(self, connection_id: UUID, prefixes: Sequence[str]) -> Mapping[str, int]:
        """Give the revisions by the remote ids that begin with one of the prefixes."""
        ...

    async def naming(
        self,
        references: Collection[Reference],
        *,
        connection_id: UUID | None,
        resolved: bool,
        after: Observation | None,
        limit: int,
    ) -> Sequence[Observation]:
        """Load and lock the next ones that wait for one of these, or (`resolved`) count by one of them."""
        ...

    async def totals(self, connection_id: UUID, measure: str, period: Period) -> Totals: ...


class Tallies(Protocol):
    async def add(self, connection_id: UUID, tallies: Sequence[Tally]) -> None: ...


class Watermarks(Protocol):
    async def of(self, connection_id: UUID) -> Mapping[str, date]:
        """For each measure the last day of which nothing more is to come."""
        ...

    async def advance(self, watermark: Watermark) -> bool:
        """Move forward; gives False where it stands there already or further on."""
        ...


class BusinessTargets(work.Repository[BusinessTarget], Protocol):
    async def hold(self, connection_id: UUID, remote_id: str) -> None:
        """Wait for whoever else sets the same one, though it be new; until the commit nobody can."""
        ...


class UnitOfWork(work.UnitOfWork, Protocol):
    @property
    def connections(self) -> Connections: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def org(self) -> Organisation: ...
    @property
    def observations(self) -> Observations: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def watermarks(self) -> Watermarks: ...
    @property
    def business_targets(self) -> BusinessTargets: ...


Work = work.Work[UnitOfWork]


class Queries(Protocol):
    """What routes read without a use case."""

    async def connections(self, page: PageRequest) -> Page: ...

    async def connection(self, connection_id: UUID) -> Row: ...

    async def identity_links(self, connection_id: UUID, page: PageRequest, *, value: str | None) -> Page: ...

    async def observations(
        self,
        page: PageRequest,
        reach: Reach,
        *,
        source: str | None,
        measure: str | None,
        employee_id: UUID | None,
        status: str | None,
    ) -> Page: ...

    async def observation(self, observation_id: UUID, reach: Reach) -> Row: ...

    async def quarantine(self, page: PageRequest) -> Page: ...

    async def quarantine_summary(self) -> Row: ...

    async def totals(self, connection_id: UUID, period: Period) -> Sequence[Row]: ...

    async def business_targets(
        self, page: PageRequest, reach: Reach, *, source: str | None, metric: str | None
    ) -> Page: ...
