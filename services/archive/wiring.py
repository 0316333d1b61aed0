"""Builds the archive once, from its settings."""

from dataclasses import dataclass
from uuid import UUID

from services.archive.config import Settings
from services.archive.store.queries import Queries
from services.archive.store.tables import metadata
from services.archive.store.unit_of_work import UnitOfWork
from services.archive.usecases.republish import republish
from shared.kit.auth.tokens import Verifier
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.db import Database
from shared.kit.holdings.tables import Holdings
from shared.kit.unit_of_work import Works

SERVICE = "archive"


@dataclass(frozen=True, slots=True)
class Wiring:
    database: Database
    works: Works[UnitOfWork]
    verifier: Verifier
    bus: Bus

    @property
    def holdings(self) -> Holdings:
        """Name all that the service holds of a tenant."""
        return Holdings(self.database, metadata)

    def queries(self, tenant_id: UUID) -> Queries:
        return Queries(self.works, tenant_id)

    async def republish(self, tenant_id: UUID) -> int:
        """Tell every current document of a tenant once more; gives how many."""
        return await republish(self.works.of(tenant_id))


def wire(settings: Settings) -> Wiring:
    database = Database(settings.database_url, schema=SERVICE, pool_size=settings.database_pool)
    return Wiring(
        database=database,
        works=Works(database, UnitOfWork),
        verifier=Verifier.read(settings.jwks_file),
        bus=connect_bus(settings.bus_url),
    )
