"""Second factors, whose secrets are sealed for their own row and open nowhere else."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from services.gateway.domain.identity.second_factor import SecondFactor
from services.gateway.store.tables.identity import second_factors
from shared.core.paging import Row
from shared.kit.crypto import KeyRing
from shared.kit.db import Transaction
from shared.kit.repository import Repository


class SecondFactorRepository(Repository[SecondFactor]):
    table = second_factors
    entity = SecondFactor
    noun = "second factor"

    def __init__(self, tx: Transaction, tenant_id: UUID, keys: KeyRing) -> None:
        super().__init__(tx, tenant_id)
        self._ring = keys

    async def remove(self, factor: SecondFactor) -> None:
        mine = (second_factors.c.tenant_id == self.tenant_id, second_factors.c.account_id == factor.account_id)
        await self.tx.execute(delete(second_factors).where(*mine))

    def to_row(self, entity: SecondFactor) -> dict[str, Any]:
        sealed = self._ring.seal(entity.secret, *self._place(entity.account_id))
        return {**super().to_row(entity), "secret": sealed}

    def to_entity(self, row: Row) -> SecondFactor:
        secret = self._ring.unseal(row["secret"], *self._place(row["account_id"]))
        return super().to_entity({**row, "secret": secret, "recovery_digests": tuple(row["recovery_digests"])})

    def _place(self, account_id: UUID) -> tuple[object, ...]:
        return self.tenant_id, second_factors.name, second_factors.c.secret.name, account_id
