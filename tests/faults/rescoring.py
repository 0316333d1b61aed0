"""Lets the engine compute everything from nothing beside the services, and tells what came out differently."""

from uuid import UUID

from services.performance.domain.goals.target_history import Act
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.store.unit_of_work import UnitOfWork
from services.performance.usecases.goals.generate_targets import generate_targets
from services.performance.usecases.scoring.compute_results import compute_results
from services.performance.usecases.scoring.rescore import rescore
from shared.contracts.scores import Cause
from shared.kit.db import Database
from shared.kit.unit_of_work import Works


async def rescored(database_url: str, *, tenant: str, running: str, published: str) -> list[str]:
    """Recompute targets and scorecards of both cycles and roll everything back; gives the ids of what moved."""
    database = Database(database_url, schema="performance", pool_size=1)
    try:
        async with Works(database, UnitOfWork).begin(UUID(tenant)) as uow:
            return [*await _running(uow, UUID(running)), *await _published(uow, UUID(published))]
    finally:
        await database.close()


async def _running(uow: UnitOfWork, cycle_id: UUID) -> list[str]:
    cycle = await uow.cycles.get(cycle_id)
    targets = {target.id: target for target in await uow.targets.all(cycle_id=cycle_id)}
    cards = {card.id: card for card in await uow.scorecards.of_cycle(cycle_id)}
    await generate_targets(uow, cycle, Act("generated"))
    await rescore(uow, cycle_id, cause=Cause(kind="recompute"))
    moved = [target for target in await uow.targets.all(cycle_id=cycle_id) if target != targets.get(target.id)]
    changed = [card for card in await uow.scorecards.of_cycle(cycle_id) if card != cards[card.id]]
    return [f"target {each.id}" for each in moved] + [f"scorecard {each.id}" for each in changed]


async def _published(uow: UnitOfWork, cycle_id: UUID) -> list[str]:
    cycle = await uow.inputs.cycle(cycle_id)
    cards: list[Scorecard] = list(await uow.scorecards.of_cycle(cycle_id))
    rulebook = await uow.inputs.rulebook(cycle_id)
    results = await compute_results(uow, cycle, cards, rulebook=rulebook, final=True, as_of=cycle.frozen_at)
    return [
        f"scorecard {card.id}"
        for card, (place, result) in zip(cards, results, strict=True)
        if (card.place, card.result) != (place, result)
    ]
