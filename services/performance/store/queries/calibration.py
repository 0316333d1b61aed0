"""What grades are held to, as routes read it."""

from uuid import UUID

from sqlalchemy import select

from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.store.repositories.calibration import read_policy
from services.performance.store.tables.procedure import cycles
from shared.kit import queries


class CalibrationQueries(queries.Queries):
    async def distribution_policy(self, cycle_id: UUID) -> DistributionPolicy:
        await self.one(select(cycles.c.id).where(cycles.c.id == cycle_id), noun="cycle")
        async with self.reading() as (tx, _):
            return await read_policy(tx, cycle_id)
