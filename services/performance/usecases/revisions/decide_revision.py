"""HR decides whether a published result is revised."""

from uuid import UUID

from services.performance.domain.calibration.session import in_force
from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.revision import Decision, Revision
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.revisions.announce_revision import revision_changed
from services.performance.usecases.scoring.announce_scores import score_revised
from services.performance.usecases.scoring.file_reports import file_reports
from services.performance.usecases.scoring.settle_results import begin_run, show_results
from shared.contracts.scores import Cause
from shared.core.access import Grant
from shared.core.errors import NotFound
from shared.core.versions import require_version


async def decide_revision(
    work: Work, grant: Grant, revision_id: UUID, decision: Decision, *, reason: str, expected: int | None
) -> Revision:
    """Approve a revision, which then is the result, or reject it.

    Raises NotFound out of reach, PreconditionFailed, Forbidden (`separation_of_duties`), Conflict
    (`revision_not_proposed`).
    """
    async with work() as uow:
        found = await uow.revisions.read(revision_id)
        if not (await uow.org.tree()).within(grant.reach, found.department_id, uow.today()):
            raise NotFound.of("revision")
        card = await uow.scorecards.get(found.scorecard_id)
        revision = await uow.revisions.get(revision_id)
        require_version(revision.sequence, expected)
        decided = revision.decided(decision, by=grant.principal, reason=reason, at=uow.now())
        await uow.revisions.save(decided)
        uow.publish(revision_changed(decided))
        if decision == "approved":
            await _revise(uow, card, decided, reason=reason)
        await uow.commit()
    return decided


async def _revise(uow: UnitOfWork, card: Scorecard, revision: Revision, *, reason: str) -> None:
    """Let the scorecard show what was proposed, and tell whoever acted on what it showed before."""
    cycle = await uow.inputs.cycle(card.cycle_id)
    revised = card.revised(
        revision.result, input_hash=revision.input_hash, counted_until=revision.counted_until, at=uow.now()
    )
    cause = Cause(kind="observations", reference=f"revisions/{revision.id}")
    await show_results(uow, [card], [revised], run=begin_run(uow, cycle, cause=cause, concerned=1))
    schemes = (await uow.inputs.rulebook(cycle.id)).schemes
    calibrations = in_force(await uow.adjustments.of_scorecard(card.id))
    uow.publish(
        score_revised(card, revised, schemes=schemes, calibration=calibrations.get(card.id), reason=reason),
    )
    everybody = await _everybody(uow, cycle, revised)
    await file_reports(uow, cycle, [revised], among=everybody, schemes=schemes, calibrations=calibrations)


async def _everybody(uow: UnitOfWork, cycle: Cycle, revised: Scorecard) -> list[Scorecard]:
    """Read the scorecards among which a report compares, the revised one as it now is."""
    return [revised if card.id == revised.id else card for card in await uow.scorecards.of_cycle(cycle.id)]
