"""Proposes to revise published results where late data would have made them different."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.people import input_hash
from services.performance.domain.scoring.revision import Revision
from services.performance.domain.scoring.score_run import PORTION
from services.performance.domain.scoring.scorecard import Result, Scorecard
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.revisions.announce_revision import revision_changed
from services.performance.usecases.scoring.compute_results import compute_results


async def propose_revisions(uow: UnitOfWork, cycle: Cycle, employee_ids: Collection[UUID]) -> None:
    """Hold the published results of some people against what is known now; no result moves. Does not commit.

    There is at most one proposal a scorecard: it follows what arrives, and is withdrawn where nothing is left of it or
    somebody has turned the very same down, which is not proposed again.
    """
    cards = await uow.scorecards.lock_published(cycle.id, employee_ids) if employee_ids else ()
    if not cards:
        return
    rulebook = await uow.inputs.rulebook(cycle.id)
    for start in range(0, len(cards), PORTION):  # the database ends a transaction in which it hears nothing for long
        group = cards[start : start + PORTION]
        outcomes = await compute_results(uow, cycle, group, rulebook=rulebook, final=True)
        ids = [card.id for card in group]
        proposed, turned_down = await uow.revisions.proposed(ids), await uow.revisions.turned_down(ids)
        for card, (_, result) in zip(group, outcomes, strict=True):
            await _hold_against(
                uow,
                card,
                result,
                proposed.get(card.id),
                turned_down=turned_down.get(card.id, ()),
                fingerprint=input_hash(card.place, result, final=True, minimum_workdays=cycle.terms.minimum_workdays),
            )


async def _hold_against(
    uow: UnitOfWork,
    card: Scorecard,
    result: Result,
    proposed: Revision | None,
    *,
    turned_down: Collection[Result],
    fingerprint: str,
) -> None:
    settled = result == card.result or result in turned_down
    if proposed is not None:
        at = uow.now()
        moved = proposed.withdrawn(at=at) if settled else proposed.moved(card, result, input_hash=fingerprint, at=at)
        if moved is not proposed:
            await uow.revisions.save(moved)
            uow.publish(revision_changed(moved))
    elif not settled:
        revision = Revision.proposed(uow.new_id(), card, result, input_hash=fingerprint, at=uow.now())
        await uow.revisions.add(revision)
        uow.publish(revision_changed(revision))
