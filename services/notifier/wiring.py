"""Builds the notifier once, from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from services.notifier.clients.webhook import WebhookClient
from services.notifier.config import Settings
from services.notifier.domain.targets import Targets
from services.notifier.store.delivery_queue import DeliveryQueue
from services.notifier.store.queries import Queries
from services.notifier.store.tables import SECRETS, TEXTS, metadata
from services.notifier.store.unit_of_work import UnitOfWork
from services.notifier.usecases.dispatch_deliveries import Dispatcher
from shared.kit.auth.tokens import Verifier
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.crypto import KeyRing
from shared.kit.db import Database
from shared.kit.holdings.tables import Holdings
from shared.kit.unit_of_work import Works

SERVICE = "notifier"


@dataclass(frozen=True, slots=True)
class Wiring:
    database: Database
    works: Works[UnitOfWork]
    verifier: Verifier
    bus: Bus
    deliveries: DeliveryQueue
    targets: Targets
    changes_kept: timedelta

    @property
    def holdings(self) -> Holdings:
        """Name all that the service holds of a tenant."""
        return Holdings(self.database, metadata, secrets=SECRETS, texts=TEXTS)

    def queries(self, tenant_id: UUID) -> Queries:
        return Queries(self.works, tenant_id)

    @asynccontextmanager
    async def dispatcher(self) -> AsyncIterator[Dispatcher]:
        """Open what a dispatcher needs for the length of its run."""
        async with WebhookClient.opened(self.targets) as courier:
            yield Dispatcher(self.deliveries, courier, self.works.of, clock=self.works.clock)


def wire(settings: Settings) -> Wiring:
    database = Database(settings.database_url, schema=SERVICE, pool_size=settings.database_pool)
    keys = KeyRing.read(settings.secrets_key_file)
    works = Works(database, partial(UnitOfWork, keys=keys))
    return Wiring(
        database=database,
        works=works,
        verifier=Verifier.read(settings.jwks_file),
        bus=connect_bus(settings.bus_url),
        deliveries=DeliveryQueue(database, keys=keys, ids=works.ids),
        targets=Targets(allow_private=settings.dangerous_allow_private_targets),
        changes_kept=timedelta(days=settings.changes_kept_days),
    )
