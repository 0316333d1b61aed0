"""Builds the performance engine once, from its settings."""

from dataclasses import dataclass
from uuid import UUID

from services.performance.config import Settings
from services.performance.store.queries import Queries
from services.performance.store.tables import SECRETS, metadata
from services.performance.store.unit_of_work import UnitOfWork
from shared.kit.auth.tokens import Verifier
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.db import Database
from shared.kit.holdings.tables import Holdings
from shared.kit.unit_of_work import Works

SERVICE = "performance"


@dataclass(frozen=True, slots=True)
class Wiring:
    database: Database
    works: Works[UnitOfWork]
    verifier: Verifier
    bus: Bus

    @property
    def holdings(self) -> Holdings:
        """Name all that the service holds of a tenant."""
        return Holdings(self.database, metadata, secrets=SECRETS)

    def queries(self, tenant_id: UUID) -> Queries:
        return Queries(self.works, tenant_id)


def wire(settings: Settings) -> Wiring:
    database = Database(settings.database_url, schema=SERVICE, pool_size=settings.database_pool)
    return Wiring(
        database=database,
        works=Works(database, UnitOfWork),
        verifier=Verifier.read(settings.jwks_file),
        bus=connect_bus(settings.bus_url),
    )
