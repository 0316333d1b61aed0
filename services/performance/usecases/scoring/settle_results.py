"""Computes locked scorecards, writes those that come out differently in one statement, and tells who listens."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.people import input_hash
from services.performance.domain.scoring.scorecard import Scorecard, ScoreRun, ScoreStatus
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.announce_scores import score_change
from services.performance.usecases.scoring.compute_results import compute_results
from shared.contracts.scores import MAX_CHANGES, Cause, ScoreChange, ScoresChanged

AT_ONCE = 20_000
"""People computed between two statements: the database ends a transaction in which it hears nothing for a minute."""


async def settle_results(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, cause: Cause, status: ScoreStatus
) -> list[Scorecard]:
    """Bring `cards`, already locked, to `status` with the results that hold now; gives all of them as they became.

    Publishing makes results final (missing data is treated as each metric says) and counts what had arrived when the
    cycle was frozen. Does not commit.
    """
    started_at = uow.now()
    settled = await _settled(uow, cycle, cards, status=status, at=started_at)
    changes = [(before, after) for before, after in zip(cards, settled, strict=True) if after is not before]
    run = ScoreRun(
        id=uow.new_id(),
        cycle_id=cycle.id,
        cause_kind=cause.kind,
        cause_reference=cause.reference,
        scored=len(cards),
        changed=len(changes),
        started_at=started_at,
        finished_at=uow.now(),
    )
    await uow.scorecards.show(run, [after for _, after in changes], at=started_at)
    for chunk in _chunks([score_change(before, after) for before, after in changes]):
        uow.publish(ScoresChanged(cycle_id=cycle.id, run_id=run.id, cause=cause, changes=chunk))
    return settled


async def _settled(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, status: ScoreStatus, at: datetime
) -> list[Scorecard]:
    final = status == "published"
    rulebook, as_of = await uow.inputs.rulebook(cycle.id), cycle.frozen_at if final else None
    settled: list[Scorecard] = []
    for start in range(0, len(cards), AT_ONCE):
        group = cards[start : start + AT_ONCE]
        outcomes = await compute_results(uow, cycle, group, rulebook=rulebook, final=final, as_of=as_of)
        settled += [
            card.scored(result, place=place, status=status, input_hash=input_hash(place, result, final=final), at=at)
            for card, (place, result) in zip(group, outcomes, strict=True)
        ]
    return settled


def _chunks(changes: Sequence[ScoreChange]) -> Iterator[tuple[ScoreChange, ...]]:
    for start in range(0, len(changes), MAX_CHANGES):
        yield tuple(changes[start : start + MAX_CHANGES])
