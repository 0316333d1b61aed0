"""What the archive's use cases need from outside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from services.archive.domain.calendar import Calendar
from services.archive.domain.department import Department
from services.archive.domain.employee import Employee
from services.archive.domain.position import Position
from services.archive.domain.record import Record, RecordKind
from services.archive.domain.search import Search
from shared.contracts import work
from shared.core.access import Expand, Reach, Sight
from shared.core.paging import Page, PageRequest, Row

E = TypeVar("E")
EmployeeStatus = Literal["active", "left", "upcoming"]


class Sliced(work.Repository[E], Protocol):
    async def after(self, last_id: UUID | None, /, *, limit: int) -> Sequence[E]:
        """Load and lock the next in the order of their ids."""
        ...


class Departments(Sliced[Department], Protocol):
    async def ancestors(self, department_id: UUID) -> Sequence[UUID]:
        """Give a department and those above it; the tree stands still until this unit ends."""
        ...

    async def reached(self, ids: Collection[UUID], reach: Reach, *, today: date) -> set[UUID]:
        """Tell which of these exist and lie within reach."""
        ...

    async def led_by(self, employee_id: UUID, *, after: date) -> Sequence[Department]:
        """Load and lock those that somebody heads, or will head, after a day."""
        ...


class Positions(Sliced[Position], Protocol):
    async def names(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Give the names of those of these that exist; they keep them until this unit ends."""
        ...


class Employees(Sliced[Employee], Protocol):
    async def reached(self, ids: Collection[UUID], reach: Reach, *, today: date) -> set[UUID]:
        """Tell which of these exist and lie within reach."""
        ...

    async def leaving_days(self, ids: Collection[UUID]) -> Mapping[UUID, date | None]:
        """Give the day on which those of these that exist left or will leave."""
        ...

    async def by_id(self, ids: Collection[UUID]) -> Mapping[UUID, Employee]:
        """Load and lock those of these that exist."""
        ...

    async def name_taken(self, user_name: str, *, by_other_than: UUID) -> bool:
        """Tell whether a directory finds somebody else by this name; nobody else asks until this unit ends."""
        ...

    async def in_position(self, position_id: UUID) -> Sequence[Employee]:
        """Load and lock everybody who holds, held or will hold a position."""
        ...

    async def save_versions(self, employees: Sequence[Employee], /) -> None:
        """Write nothing but the new sequences."""
        ...


class Records(Sliced[Record], Protocol):
    async def by_remote_id(self, remote_ids: Collection[str]) -> Mapping[str, Record]:
        """Load and lock by remote id; nobody else looks records up like this until this unit ends."""
        ...

    async def by_id(self, ids: Collection[UUID]) -> Mapping[UUID, Record]:
        """Load and lock those of these that exist."""
        ...

    async def put(self, records: Sequence[Record], /) -> None:
        """Add or overwrite all of them at once."""
        ...


class UnitOfWork(work.UnitOfWork, Protocol):
    @property
    def departments(self) -> Departments: ...

    @property
    def positions(self) -> Positions: ...

    @property
    def employees(self) -> Employees: ...

    @property
    def records(self) -> Records: ...

    @property
    def calendars(self) -> work.Repository[Calendar]: ...


Work = work.Work[UnitOfWork]


class Queries(Protocol):
    """What routes read without a use case."""

    async def departments(
        self, page: PageRequest, reach: Reach, *, code: str | None, parent_id: UUID | None
    ) -> Page: ...

    async def department(self, department_id: UUID, reach: Reach) -> Row: ...

    async def positions(self, page: PageRequest, *, code: str | None) -> Page: ...

    async def position(self, position_id: UUID) -> Row: ...

    async def employees(
        self,
        page: PageRequest,
        reach: Reach,
        *,
        sight: Sight,
        department_id: UUID | None,
        work_number: str | None,
        status: EmployeeStatus | None,
        expand: Expand,
    ) -> Page: ...

    async def employee(self, employee_id: UUID, reach: Reach, *, sight: Sight, expand: Expand) -> Row: ...

    async def employments(self, employee_id: UUID, page: PageRequest, reach: Reach) -> Page: ...

    async def records(
        self,
        employee_id: UUID,
        page: PageRequest,
        reach: Reach,
        *,
        sight: Sight,
        kind: RecordKind | None,
    ) -> Page:
        """List somebody's records, with their notes as far as `sight` allows."""
        ...

    async def portrait(self, employee_id: UUID, reach: Reach, *, sight: Sight) -> Row: ...

    async def calendar(self) -> Row: ...


class DirectoryQueries(Protocol):
    """What a directory reads: people and departments as of today, without those it has let go."""

    async def people(self, search: Search, reach: Reach, *, sight: Sight) -> tuple[int, Sequence[Row]]:
        """Give how many match, and the part that is asked for. Raises Invalid (`filter_unsupported`)."""
        ...

    async def person(self, employee_id: UUID, reach: Reach, *, sight: Sight) -> Row: ...

    async def groups(self, search: Search, reach: Reach, *, people: Reach, members: bool) -> tuple[int, Sequence[Row]]:
        """Give departments, with those of their people who lie within `people`. Raises like `people`."""
        ...

    async def group(self, department_id: UUID, reach: Reach, *, people: Reach, members: bool) -> Row: ...
