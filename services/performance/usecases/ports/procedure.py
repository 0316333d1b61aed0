"""What the use cases of the procedure need: metrics, schemes, cycles, targets, plans, the organisation."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from services.performance.domain.organisation import DepartmentTree, Employment
from shared.contracts.organisation import CalendarChanged, DepartmentChanged, EmployeeChanged
from shared.core.periods import Period, WorkCalendar


class Organisation(Protocol):
    """The copy of the archive's organisation."""

    async def tree(self) -> DepartmentTree: ...

    async def employments(
        self, period: Period, *, employee_ids: Collection[UUID] | None = None
    ) -> Sequence[Employment]:
        """Give the employments that touch `period`, by employee and start."""
        ...

    async def calendar(self) -> WorkCalendar: ...

    async def keep_employee(self, event: EmployeeChanged) -> bool: ...

    async def keep_department(self, event: DepartmentChanged) -> bool: ...

    async def keep_calendar(self, event: CalendarChanged) -> bool: ...


class Repositories(Protocol):
    """The procedure's part of the unit of work."""

    @property
    def org(self) -> Organisation: ...
