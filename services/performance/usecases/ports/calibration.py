"""What the use cases of calibration need: what grades are held to, and how everybody stands."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.performance.domain.calibration.policy import DistributionPolicy
from services.performance.domain.calibration.populations import Standing
from services.performance.domain.calibration.session import Adjustment, Session
from shared.contracts import work
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest


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


class CalibrationSessions(work.Repository[Session], Protocol):
    async def cycle_of(self, session_id: UUID) -> UUID:
        """Name the cycle, which is always locked before what lies in it. Raises NotFound."""
        ...

    async def read(self, session_id: UUID) -> Session:
        """Load one without locking it. Raises NotFound."""
        ...


class Adjustments(work.Repository[Adjustment], Protocol):
    async def of_cycle(self, cycle_id: UUID) -> Sequence[Adjustment]:
        """Give all of a cycle, whose lock keeps them steady, in the order in which they were made."""
        ...

    async def of_scorecard(self, scorecard_id: UUID) -> Sequence[Adjustment]:
        """Give those of one scorecard, not locked."""
        ...


class Repositories(Protocol):
    """Calibration's part of the unit of work."""

    @property
    def distributions(self) -> Distributions: ...
    @property
    def calibration_sessions(self) -> CalibrationSessions: ...
    @property
    def adjustments(self) -> Adjustments: ...


class Queries(Protocol):
    """What calibration's routes read without a use case."""

    async def distribution_policy(self, cycle_id: UUID) -> DistributionPolicy:
        """Raise NotFound for a cycle that is not there."""
        ...

    async def calibration_sessions(self, cycle_id: UUID, page: PageRequest, reach: Reach) -> Page:
        """Give a cycle's sessions of whose people the caller reaches all. Raises NotFound."""
        ...
