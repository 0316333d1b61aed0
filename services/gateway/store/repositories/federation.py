"""A company's identity provider, whose secret is sealed for its own row, and whose subjects' accounts are known."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from services.gateway.domain.identity.identity_provider import FederatedIdentity, IdentityProvider
from services.gateway.store.repositories.identity import OwnedRepository
from services.gateway.store.tables.federation import federated_identities, identity_providers
from shared.core.paging import Row
from shared.kit.crypto import KeyRing
from shared.kit.db import Transaction
from shared.kit.repository import Repository


class IdentityProviderRepository(Repository[IdentityProvider]):
    table = identity_providers
    entity = IdentityProvider
    noun = "identity provider"

    def __init__(self, tx: Transaction, tenant_id: UUID, keys: KeyRing) -> None:
        super().__init__(tx, tenant_id)
        self._ring = keys

    async def remove(self) -> None:
        await self.tx.execute(delete(identity_providers).where(identity_providers.c.tenant_id == self.tenant_id))

    def to_row(self, entity: IdentityProvider) -> dict[str, Any]:
        secret = entity.client_secret
        sealed = None if secret is None else self._ring.seal(secret, *self._place())
        return {**super().to_row(entity), "client_secret": sealed}

    def to_entity(self, row: Row) -> IdentityProvider:
        sealed = row["client_secret"]
        secret = None if sealed is None else self._ring.unseal(sealed, *self._place())
        return super().to_entity({**row, "client_secret": secret, "default_roles": tuple(row["default_roles"])})

    def _place(self) -> tuple[object, ...]:
        return self.tenant_id, identity_providers.name, identity_providers.c.client_secret.name


class FederatedIdentityRepository(OwnedRepository[FederatedIdentity]):
    table = federated_identities
    entity = FederatedIdentity
    noun = "identity"
