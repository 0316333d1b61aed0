"""The connector's unit of work: its repositories over one transaction."""

from functools import cached_property

from services.connector.store.repositories.business_targets import BusinessTargetRepository
from services.connector.store.repositories.connections import ConnectionRepository, TallyRepository, WatermarkRepository
from services.connector.store.repositories.identities import IdentityRepository
from services.connector.store.repositories.observations import ObservationRepository
from services.connector.store.tables import org
from shared.kit import unit_of_work
from shared.kit.org.replica import OrgReplica


class UnitOfWork(unit_of_work.UnitOfWork):
    @cached_property
    def connections(self) -> ConnectionRepository:
        return ConnectionRepository(self.tx, self.tenant_id)

    @cached_property
    def identities(self) -> IdentityRepository:
        return IdentityRepository(self.tx, self.tenant_id)

    @cached_property
    def org(self) -> OrgReplica:
        return OrgReplica(self.tx, org, self.tenant_id)

    @cached_property
    def observations(self) -> ObservationRepository:
        return ObservationRepository(self.tx, self.tenant_id)

    @cached_property
    def tallies(self) -> TallyRepository:
        return TallyRepository(self.tx, self.tenant_id)

    @cached_property
    def watermarks(self) -> WatermarkRepository:
        return WatermarkRepository(self.tx, self.tenant_id)

    @cached_property
    def business_targets(self) -> BusinessTargetRepository:
        return BusinessTargetRepository(self.tx, self.tenant_id)
