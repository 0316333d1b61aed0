"""The notifier's unit of work: its repositories over one transaction."""

from functools import cached_property

from services.notifier.store.repositories.feed import Feed
from services.notifier.store.repositories.inbox import (
    CycleMemory,
    DigestMemory,
    NotificationRepository,
    PlanMemory,
    ReminderRuleRepository,
)
from services.notifier.store.repositories.organisation import OrganisationRepository
from services.notifier.store.repositories.webhooks import DeliveryRepository, EndpointRepository, SecretRepository
from shared.kit import unit_of_work
from shared.kit.crypto import KeyRing
from shared.kit.db import Transaction
from shared.kit.tenancy import Tenant
from shared.kit.unit_of_work import Works


class UnitOfWork(unit_of_work.UnitOfWork):
    def __init__(
        self, tx: Transaction, tenant: Tenant, works: Works[unit_of_work.UnitOfWork], *, keys: KeyRing
    ) -> None:
        super().__init__(tx, tenant, works)
        self._keys = keys

    @property
    def locale(self) -> str:
        return self.tenant.locale

    @cached_property
    def endpoints(self) -> EndpointRepository:
        return EndpointRepository(self.tx, self.tenant_id)

    @property
    def sandbox(self) -> bool:
        return self.tenant.sandbox

    @cached_property
    def secrets(self) -> SecretRepository:
        return SecretRepository(self.tx, self.tenant_id, self._keys)

    @cached_property
    def deliveries(self) -> DeliveryRepository:
        return DeliveryRepository(self.tx, self.tenant_id)

    @cached_property
    def notifications(self) -> NotificationRepository:
        return NotificationRepository(self.tx, self.tenant_id)

    @cached_property
    def reminder_rules(self) -> ReminderRuleRepository:
        return ReminderRuleRepository(self.tx, self.tenant_id)

    @cached_property
    def plans(self) -> PlanMemory:
        return PlanMemory(self.tx, self.tenant_id)

    @cached_property
    def cycles(self) -> CycleMemory:
        return CycleMemory(self.tx, self.tenant_id)

    @cached_property
    def digests(self) -> DigestMemory:
        return DigestMemory(self.tx, self.tenant_id)

    @cached_property
    def feed(self) -> Feed:
        return Feed(self.tx, self.tenant_id)

    async def conclude(self) -> None:
        await self.feed.append()

    @cached_property
    def org(self) -> OrganisationRepository:
        return OrganisationRepository(self.tx, self.tenant_id)
