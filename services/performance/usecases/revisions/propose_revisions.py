"""Proposes to revise published results where late data would have made them different."""

from collections.abc import Collection
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.people import input_hash
from services.performance.domain.scoring.revision import Revision
from services.performance.domain.scoring.scorecard import Result, Scorecard
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.revisions.announce_revision import revision_changed
from services.performance.usecases.scoring.compute_results import compute_results


async def propose_revisions(uow: UnitOfWork, cycle: Cycle, employee_ids: Collection[UUID]) -> None:
    """Hold the published results of some people against what is known now; no result moves. Does not commit.

    There is at most one proposal a scorecard: it follows what arrives, is withdrawn where nothing is left of it, and is
    not repeated once somebody has turned the very same down.
    """
    cards = await uow.scorecards.lock_published(cycle.id, employee_ids)
    if not cards:
        return
    rulebook = await uow.inputs.rulebook(cycle.id)
    outcomes = await compute_results(uow, cycle, cards, rulebook=rulebook, final=True)
    known = await uow.revisions.latest([card.id for card in cards])
    for card, (_, result) in zip(cards, outcomes, strict=True):
        await _hold_against(uow, card, result, known.get(card.id))


async def _hold_against(uow: UnitOfWork, card: Scorecard, result: Result, known: Revision | None) -> None:
    fingerprint = input_hash(card.place, result, final=True)
    if known is not None and known.state == "proposed":
        moved = _moved(uow, known, card, result, fingerprint)
        if moved is not known:
            await uow.revisions.save(moved)
            uow.publish(revision_changed(moved))
    elif result != card.result and not (known and known.turned_down(fingerprint)):
        proposed = Revision.proposed(uow.new_id(), card, result, input_hash=fingerprint, at=uow.now())
        await uow.revisions.add(proposed)
        uow.publish(revision_changed(proposed))


def _moved(uow: UnitOfWork, known: Revision, card: Scorecard, result: Result, fingerprint: str) -> Revision:
    if result == card.result:
        return known.withdrawn(at=uow.now())
    return known.moved(card, result, input_hash=fingerprint, at=uow.now())
