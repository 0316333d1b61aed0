"""Reads a calibration session together with what every act upon it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.performance.domain.calibration.session import Adjustment, Decider, Session
from services.performance.domain.cycle import Cycle
from services.performance.domain.organisation import DepartmentTree
from services.performance.usecases.calibration.reaches_all import reaches_all
from services.performance.usecases.ports import UnitOfWork
from shared.core.access import Grant, Principal
from shared.core.errors import NotFound
from shared.core.separation import refuse_own
from shared.core.versions import require_version


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """A locked session in its locked cycle, with all adjustments of the cycle."""

    session: Session
    cycle: Cycle
    adjustments: Sequence[Adjustment]
    tree: DepartmentTree
    """By which the cycle's people are grouped."""
    principal: Principal

    @property
    def by(self) -> Decider:
        return decider(self.principal)

    @property
    def standing(self) -> Sequence[Adjustment]:
        """What the session decided and nobody withdrew."""
        return [each for each in self.adjustments if each.session_id == self.session.id and each.is_standing]

    def adjustment(self, adjustment_id: UUID) -> Adjustment:
        """Find one of the session's for who decides about it. Raises NotFound, Forbidden (`separation_of_duties`)."""
        for each in self.adjustments:
            if (each.id, each.session_id) == (adjustment_id, self.session.id):
                refuse_own(self.principal.employee_id, each.employee_id)
                return each
        raise NotFound.of("adjustment")

    def refuse_own(self) -> None:
        """Raise Forbidden (`separation_of_duties`) for whom one of the session's standing adjustments is about."""
        refuse_own(self.principal.employee_id, *(each.employee_id for each in self.standing))


async def session_desk(
    uow: UnitOfWork, session_id: UUID, grant: Grant, *, expected: int | None, reviewing: bool = False
) -> SessionDesk:
    """Lock the cycle, then the session, for who reaches everybody whom it is about; `reviewing` changes no grade.

    Raises NotFound, PreconditionFailed, Conflict (`cycle_not_calibratable`).
    """
    cycle = await uow.cycles.get(await uow.calibration_sessions.cycle_of(session_id))
    session = await uow.calibration_sessions.get(session_id)
    if not await reaches_all(uow, cycle, session.department_id, grant.reach):
        raise NotFound.of("calibration session")
    require_version(session.sequence, expected)
    if not reviewing:
        cycle.require_calibratable()
    adjustments = await uow.adjustments.of_cycle(cycle.id)
    return SessionDesk(session, cycle, adjustments, await uow.org.tree_of(cycle), grant.principal)


def decider(principal: Principal) -> Decider:
    """Tell in which role somebody calibrates."""
    return Decider(principal.subject, "hr" if "hr" in principal.roles else "admin")
