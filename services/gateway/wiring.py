"""Builds the gateway once, from its settings."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from services.gateway.api.identity.log_in_forms import LogInForms
from services.gateway.api.identity.tokens import Issuer
from services.gateway.clients.checkpoints import CheckpointFolder
from services.gateway.clients.guarded import GuardedClient
from services.gateway.clients.ledger import ErasureLedger
from services.gateway.clients.oidc import OidcProviders
from services.gateway.clients.remote import RemoteServices
from services.gateway.config import Settings
from services.gateway.domain.audit.chain import AuditChain
from services.gateway.domain.identity.issuers import Issuers
from services.gateway.store.attempts import Attempts
from services.gateway.store.credentials import Credentials
from services.gateway.store.hosting import Companies, Operators
from services.gateway.store.queries import Queries
from services.gateway.store.quotas.blocks import Quotas
from services.gateway.store.quotas.overrides import QuotaOverrides
from services.gateway.store.quotas.redis import QuotaRedis
from services.gateway.store.quotas.windows import QuotaWindows
from services.gateway.store.repositories.audit_log import AuditChains
from services.gateway.store.tables import LEFT_OUT, SECRETS, TRACES, metadata
from services.gateway.store.unit_of_work import UnitOfWork, Works
from services.gateway.usecases.audit.seal_audit import seal_audit
from services.gateway.usecases.ports import Work
from services.gateway.usecases.ration_requests import Rationing
from services.gateway.usecases.tenancy.erase_tenant import begin_erasure
from shared.kit.auth.tokens import SigningKey, Verifier
from shared.kit.bus.connect import connect_bus
from shared.kit.bus.port import Bus
from shared.kit.crypto import KeyRing
from shared.kit.db import Database
from shared.kit.holdings.erasing import erased
from shared.kit.holdings.tables import Holdings

SERVICE = "gateway"
QUOTA_CONNECTIONS = 2


@dataclass(frozen=True, slots=True)
class Facing:
    """How the gateway meets the world."""

    request_seconds: float
    cors_origins: Collection[str]
    https_only_seconds: int
    erasure_wait: timedelta
    metrics_address: str | None
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Wiring:
    database: Database
    works: Works
    verifier: Verifier
    bus: Bus
    attempts: Attempts
    credentials: Credentials
    operators: Operators
    companies: Companies
    issuer: Issuer
    jwks: Mapping[str, Any]
    log_in_forms: LogInForms
    issuers: Issuers
    guarded: GuardedClient
    """Asks hosts that companies have named."""
    providers: OidcProviders
    audit_chains: AuditChains
    checkpoints: CheckpointFolder
    ledger: ErasureLedger
    remote: RemoteServices
    """The services that are processes of their own; none where they share this one."""
    quotas_database: Database
    """Few connections of their own: counting requests neither waits for work nor keeps it waiting."""
    rationing: Rationing
    quota_windows: QuotaWindows
    quota_overrides: QuotaOverrides
    quota_redis: QuotaRedis | None
    facing: Facing

    async def close_quotas(self) -> None:
        await self.quotas_database.close()
        if self.quota_redis is not None:
            await self.quota_redis.close()

    async def seal_audit(self, work: Work, *, closing: bool = False) -> AuditChain:
        """Seal what waits in a tenant's audit log; sign for all of it where it is `closing` for an export."""
        return await seal_audit(work, self.checkpoints.deposit, at=self.works.clock.now(), closing=closing)

    async def begin_erasure(self, work: Work) -> bool:
        """Begin to erase a company where that is due."""
        return await begin_erasure(work, self.ledger.enter, self.operators.forget_founding, at=self.works.clock.now())

    async def tidy_ledger(self) -> None:
        """Remove what lies outside of the database of companies that are gone."""
        self.ledger.tidy(await erased(self.database))

    async def unsealed_tenants(self) -> Sequence[UUID]:
        """Name the tenants in whose audit log something waits to be sealed or signed for."""
        return await self.audit_chains.needing_work(at=self.works.clock.now())

    @property
    def holdings(self) -> Holdings:
        """Name all that the service holds of a tenant."""
        return Holdings(self.database, metadata, secrets=SECRETS, traces=TRACES, left_out=LEFT_OUT)

    def queries(self, tenant_id: UUID) -> Queries:
        return Queries(self.works, tenant_id)


def wire(settings: Settings) -> Wiring:
    database = Database(settings.database_url, schema=SERVICE, pool_size=settings.database_pool)
    quotas_database = Database(settings.database_url, schema=SERVICE, pool_size=QUOTA_CONNECTIONS)
    windows, overrides = QuotaWindows(quotas_database), QuotaOverrides(quotas_database)
    redis = QuotaRedis(str(settings.rate_limit_url)) if settings.rate_limit_url else None
    signing_key = SigningKey.read(settings.signing_key_file)
    keys = KeyRing.read(settings.secrets_key_file)
    works = Works(database, partial(UnitOfWork, keys=keys))
    private = settings.dangerous_allow_private_targets
    guarded = GuardedClient(allow_private=private)
    return Wiring(
        database=database,
        works=works,
        verifier=Verifier.read(settings.jwks_file),
        bus=connect_bus(settings.bus_url),
        attempts=Attempts(database),
        credentials=Credentials(database),
        operators=Operators(database),
        companies=Companies(database),
        issuer=Issuer(signing_key, works.clock),
        jwks=json.loads(settings.jwks_file.read_text("utf-8")),
        log_in_forms=LogInForms(keys, works.clock),
        issuers=Issuers(allow_private=private),
        guarded=guarded,
        providers=OidcProviders(guarded, allow_plain=private),
        audit_chains=AuditChains(database),
        checkpoints=CheckpointFolder(settings.audit_dir, signing_key),
        ledger=ErasureLedger(settings.audit_dir, signing_key),
        remote=RemoteServices(settings.upstreams),
        quotas_database=quotas_database,
        rationing=_rationing(Quotas(redis or windows), overrides, settings),
        quota_windows=windows,
        quota_overrides=overrides,
        quota_redis=redis,
        facing=_facing(settings),
    )


def _rationing(quotas: Quotas, overrides: QuotaOverrides, settings: Settings) -> Rationing:
    return Rationing(quotas, overrides, defaults=settings.rate_limits, most_in_flight=settings.requests_in_flight)


def _facing(settings: Settings) -> Facing:
    return Facing(
        request_seconds=settings.request_seconds,
        cors_origins=settings.cors_origins,
        https_only_seconds=settings.https_only_seconds,
        erasure_wait=timedelta(days=settings.erasure_wait_days),
        metrics_address=settings.metrics_address,
        public_url=settings.public_url,
    )
