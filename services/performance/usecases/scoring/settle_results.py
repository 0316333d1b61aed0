"""Computes locked scorecards, writes those that come out differently in one statement, and tells who listens."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from services.performance.domain.cycle import Cycle
from services.performance.domain.scoring.people import input_hash
from services.performance.domain.scoring.score_run import PORTION, ScoreRun
from services.performance.domain.scoring.scorecard import Scorecard, ScoreStatus
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.scoring.announce_scores import score_change
from services.performance.usecases.scoring.compute_results import compute_results
from shared.contracts.scores import MAX_CHANGES, Cause, ScoreChange, ScoresChanged


def begin_run(uow: UnitOfWork, cycle: Cycle, *, cause: Cause, concerned: int) -> ScoreRun:
    """Begin a run over so many scorecards; it is kept with its first results."""
    now = uow.now()
    return ScoreRun(uow.new_id(), cycle.id, cause.kind, cause.reference, concerned, started_at=now, updated_at=now)


async def settle_results(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, run: ScoreRun, status: ScoreStatus, last: bool = True
) -> list[Scorecard]:
    """Bring `cards`, already locked, to `status` with the results that hold now; gives all of them as they became.

    Publishing makes results final (missing data is treated as each metric says) and counts what had arrived when the
    cycle was frozen. Of a run in portions only the `last` ends it. Does not commit.
    """
    settled = await _settled(uow, cycle, cards, status=status, at=uow.now())
    await show_results(uow, cards, settled, run=run, last=last)
    return settled


async def show_results(
    uow: UnitOfWork, before: Sequence[Scorecard], after: Sequence[Scorecard], *, run: ScoreRun, last: bool = True
) -> None:
    """Write what became of scorecards in a run, and tell; the very same ones stay as they are. Does not commit."""
    changes = [(was, card) for was, card in zip(before, after, strict=True) if card is not was]
    run = run.settled(before, changed=len(changes), last=last, at=uow.now())
    await uow.score_runs.save(run)
    await uow.scorecards.show(run.id, [card for _, card in changes], at=uow.now())
    cause = Cause(kind=run.cause_kind, reference=run.cause_reference)
    for chunk in _chunks([score_change(was, card) for was, card in changes]):
        uow.publish(ScoresChanged(cycle_id=run.cycle_id, run_id=run.id, cause=cause, changes=chunk))


async def _settled(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, status: ScoreStatus, at: datetime
) -> list[Scorecard]:
    """Compute some at a time: the database ends a transaction in which it hears nothing for a minute."""
    final = status == "published"
    rulebook = await uow.inputs.rulebook(cycle.id, employee_ids=[card.employee_id for card in cards])
    as_of = cycle.frozen_at if final else None
    fingerprint = partial(input_hash, final=final, minimum_workdays=cycle.terms.minimum_workdays)
    settled: list[Scorecard] = []
    for start in range(0, len(cards), PORTION):
        group = cards[start : start + PORTION]
        outcomes = await compute_results(uow, cycle, group, rulebook=rulebook, final=final, as_of=as_of)
        settled += [
            card.scored(result, place=place, status=status, input_hash=fingerprint(place, result), at=at)
            for card, (place, result) in zip(group, outcomes, strict=True)
        ]
    return settled


def _chunks(changes: Sequence[ScoreChange]) -> Iterator[tuple[ScoreChange, ...]]:
    for start in range(0, len(changes), MAX_CHANGES):
        yield tuple(changes[start : start + MAX_CHANGES])
