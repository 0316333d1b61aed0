"""What the archive's use cases need from outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.archive.domain.department import Department
from shared.contracts import work
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row


class Departments(work.Repository[Department], Protocol):
    async def ancestors(self, department_id: UUID) -> Sequence[UUID]:
        """Give a department and those above it, nearest first."""
        ...


class UnitOfWork(work.UnitOfWork, Protocol):
    @property
    def departments(self) -> Departments: ...


Work = work.Work[UnitOfWork]


class Queries(Protocol):
    """What routes read without a use case."""

    async def departments(self, page: PageRequest, reach: Reach) -> Page: ...

    async def department(self, department_id: UUID, reach: Reach) -> Row: ...
