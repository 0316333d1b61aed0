"""Finds what calibrates published scorecards, and what has to be settled before they are."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.performance.domain.calibration.calibration import Calibration
from services.performance.domain.calibration.session import in_force, last_applied, refuse_stale
from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork
from shared.core.errors import Conflict


async def calibrations_of(uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard]) -> Mapping[UUID, Calibration]:
    """Give by scorecard what calibrates the final results of a locked cycle.

    Raises Conflict (`calibrations_open`) where sessions are not applied, Conflict (`calibrations_stale`) where other
    results became final than were decided upon.
    """
    adjustments = await uow.adjustments.of_cycle(cycle.id)
    drafted = sum(each.state == "drafted" for each in adjustments)
    if drafted:
        raise Conflict("calibrations_open", f"{drafted} adjustments are not applied yet.")
    refuse_stale(last_applied(adjustments).values(), {card.id: card.verdict for card in cards})
    return in_force(adjustments)
