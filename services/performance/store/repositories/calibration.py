"""What grades are held to, and how everybody stands, without the results behind it."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.domain.calibration.populations import Standing
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.store.tables.calibration import distribution_policies
from services.performance.store.tables.scoring import scorecards
from shared.kit.db import Transaction

_STANDINGS = (
    select(*(scorecards.c[name] for name in ("id", "employee_id", "department_id", "total", "grade")))
    .where(scorecards.c.cycle_id == bindparam("cycle_id"))
    .order_by(scorecards.c.id)
)


class DistributionRepository:
    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def policy(self, cycle_id: UUID) -> DistributionPolicy:
        return await read_policy(self._tx, cycle_id)

    async def keep(self, cycle_id: UUID, policy: DistributionPolicy) -> None:
        row = {"document": policy.to_document(), "sequence": policy.sequence, "updated_at": policy.updated_at}
        statement = insert(distribution_policies).values(tenant_id=self._tenant_id, cycle_id=cycle_id, **row)
        await self._tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "cycle_id"], set_=row))

    async def standings(self, cycle_id: UUID) -> list[Standing]:
        rows = await self._tx.execute(_STANDINGS, {"cycle_id": cycle_id})
        return [
            Standing.of(row.id, row.employee_id, row.department_id, computed=Verdict(row.total, row.grade))
            for row in rows
        ]


async def read_policy(tx: Transaction, cycle_id: UUID) -> DistributionPolicy:
    """Give what a cycle is held to: nothing, where nobody has said."""
    table = distribution_policies
    row = (await tx.execute(select(table).where(table.c.cycle_id == cycle_id))).mappings().one_or_none()
    if row is None:
        return DistributionPolicy()
    return DistributionPolicy.of_document(row["document"], sequence=row["sequence"], updated_at=row["updated_at"])
