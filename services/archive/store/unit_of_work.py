"""The archive's unit of work: its repositories over one transaction."""

from functools import cached_property

from services.archive.store.repositories.calendars import CalendarRepository
from services.archive.store.repositories.departments import DepartmentRepository
from services.archive.store.repositories.employees import EmployeeRepository
from services.archive.store.repositories.positions import PositionRepository
from services.archive.store.repositories.records import RecordRepository
from shared.kit import unit_of_work


class UnitOfWork(unit_of_work.UnitOfWork):
    @cached_property
    def departments(self) -> DepartmentRepository:
        return DepartmentRepository(self.tx, self.tenant_id)

    @cached_property
    def positions(self) -> PositionRepository:
        return PositionRepository(self.tx, self.tenant_id)

    @cached_property
    def employees(self) -> EmployeeRepository:
        return EmployeeRepository(self.tx, self.tenant_id)

    @cached_property
    def records(self) -> RecordRepository:
        return RecordRepository(self.tx, self.tenant_id)

    @cached_property
    def calendars(self) -> CalendarRepository:
        return CalendarRepository(self.tx, self.tenant_id)
