"""The performance's unit of work: its repositories over one transaction."""

from functools import cached_property

from services.performance.store.repositories.organisation import OrganisationRepository
from shared.kit import unit_of_work


class UnitOfWork(unit_of_work.UnitOfWork):
    @cached_property
    def org(self) -> OrganisationRepository:
        return OrganisationRepository(self.tx, self.tenant_id)
