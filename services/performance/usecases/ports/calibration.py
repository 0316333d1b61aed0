"""What the use cases of calibration need: what grades are held to, and how everybody stands."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.domain.calibration.populations import Standing


class Distributions(Protocol):
    async def policy(self, cycle_id: UUID) -> DistributionPolicy:
        """Give what a cycle is held to: nothing, where nobody has said."""
        ...

    async def keep(self, cycle_id: UUID, policy: DistributionPolicy) -> None:
        """Write a policy over the former one."""
        ...

    async def standings(self, cycle_id: UUID) -> Sequence[Standing]:
        """Give how everybody in a cycle stands, in the order of their scorecards' ids."""
        ...


class Repositories(Protocol):
    """Calibration's part of the unit of work."""

    @property
    def distributions(self) -> Distributions: ...


class Queries(Protocol):
    """What calibration's routes read without a use case."""

    async def distribution_policy(self, cycle_id: UUID) -> DistributionPolicy:
        """Raise NotFound for a cycle that is not there."""
        ...
