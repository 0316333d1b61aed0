"""Makes the results of a frozen cycle final, files everybody's report, and tells payroll and people."""

from services.performance.domain.cycle import Cycle
from services.performance.usecases.calibration.calibrations_of import calibrations_of
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.revisions.people_behind import people_behind_late_data
from services.performance.usecases.revisions.propose_revisions import propose_revisions
from services.performance.usecases.scoring.announce_scores import score_published
from services.performance.usecases.scoring.file_reports import file_reports
from services.performance.usecases.scoring.settle_results import begin_run, settle_results
from shared.contracts.scores import Cause


async def publish_scorecards(uow: UnitOfWork, cycle: Cycle) -> None:
    """Settle every frozen scorecard with missing data treated as its metric says. Does not commit.

    What arrived after the freeze does not count; where it would have, a revision is proposed at once. Raises Conflict
    (`calibrations_open`, `calibrations_stale`).
    """
    cards = await uow.scorecards.lock(cycle.id, status="frozen")
    run = begin_run(uow, cycle, cause=Cause(kind="cycle", reference=str(cycle.id)), concerned=len(cards))
    published = await settle_results(uow, cycle, cards, run=run, status="published")
    schemes = (await uow.inputs.rulebook(cycle.id)).schemes
    calibrations = await calibrations_of(uow, cycle, published)
    for card in published:
        uow.publish(score_published(card, cycle, schemes=schemes, calibration=calibrations.get(card.id)))
    await file_reports(uow, cycle, published, among=published, schemes=schemes, calibrations=calibrations)
    late = await people_behind_late_data(uow, cycle)
    if late:
        await propose_revisions(uow, cycle, late)
