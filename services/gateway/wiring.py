"""Builds the gateway once, from its settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.gateway.api.tokens import Issuer
from services.gateway.clients.remote import RemoteServices
from services.gateway.config import Settings
from services.gateway.store.credentials import Credentials
from services.gateway.store.queries import Queries
from services.gateway.store.unit_of_work import UnitOfWork, Works
from shared.kit.auth.tokens import SigningKey, Verifier
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.db import Database

SERVICE = "gateway"


@dataclass(frozen=True, slots=True)
class Wiring:
    database: Database
    works: Works
    verifier: Verifier
    bus: Bus
    credentials: Credentials
    issuer: Issuer
    jwks: Mapping[str, Any]
    remote: RemoteServices
    """The services that are processes of their own; none where they share this one."""

    def queries(self, tenant_id: UUID) -> Queries:
        return Queries(self.works, tenant_id)


def wire(settings: Settings) -> Wiring:
    database = Database(settings.database_url, schema=SERVICE, pool_size=settings.database_pool)
    works = Works(database, UnitOfWork)
    jwks = json.loads(settings.jwks_file.read_text("utf-8"))
    return Wiring(
        database=database,
        works=works,
        verifier=Verifier(jwks),
        bus=connect_bus(settings.bus_url),
        credentials=Credentials(database),
        issuer=Issuer(SigningKey.read(settings.signing_key_file), works.clock),
        jwks=jwks,
        remote=RemoteServices(settings.upstreams),
    )
