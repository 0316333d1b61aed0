"""The archive's unit of work: its repositories over one transaction."""

from functools import cached_property

from services.archive.store.repositories import DepartmentRepository
from shared.kit import unit_of_work


class UnitOfWork(unit_of_work.UnitOfWork):
    @cached_property
    def departments(self) -> DepartmentRepository:
        return DepartmentRepository(self.tx, self.tenant_id)
