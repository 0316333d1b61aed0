"""Shows what a scheme version would do to a cycle's results, before anybody publishes it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.rulebook import Rulebook
from services.performance.domain.scorecard import Scorecard
from services.performance.domain.simulation import Comparison, Outcome, Simulation, compare
from services.performance.usecases.compute_results import compute_results
from services.performance.usecases.ports import UnitOfWork, Work


async def simulate_scheme(work: Work, *, cycle_id: UUID, scheme_id: UUID, version: int, by: str) -> Simulation:
    """Score everybody under the scheme with and without the version, from the same data.

    Weights that departments set stay where the version's own are what they were, as they would on publication.
    Raises NotFound, Conflict (`cycle_not_plannable`).
    """
    async with work() as uow:
        cycle = await uow.inputs.cycle(cycle_id)
        cycle.require_plannable()
        draft = await uow.scheme_versions.of(scheme_id, version)
        scheme = draft.read(await uow.metrics.by_key())
        cards = [card for card in await uow.scorecards.of_cycle(cycle_id) if card.place.scheme_id == scheme_id]
        rulebook = await uow.inputs.rulebook(cycle_id)
        comparison = compare(
            await _outcomes(uow, cycle, cards, rulebook=rulebook),
            await _outcomes(uow, cycle, cards, rulebook=rulebook.with_draft(scheme_id, version, scheme)),
            grades=[grade.key for grade in scheme.rubric.grades],
        )
        simulation = Simulation(
            id=uow.new_id(),
            cycle_id=cycle_id,
            scheme_id=scheme_id,
            scheme_version=version,
            summary=comparison.summary(),
            people=_people(cards, comparison),
            created_by=by,
            created_at=uow.now(),
        )
        await uow.simulations.add(simulation)
        await uow.commit()
    return simulation


async def _outcomes(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], *, rulebook: Rulebook
) -> Mapping[UUID, Outcome]:
    results = await compute_results(uow, cycle, cards, rulebook=rulebook)
    return {card.id: Outcome(result.total, result.grade) for card, (_, result) in zip(cards, results, strict=True)}


def _people(cards: Sequence[Scorecard], comparison: Comparison) -> list[dict[str, Any]]:
    by_id = {card.id: card for card in cards}
    differences = sorted(comparison.differences, key=lambda each: (-abs(each.delta or Decimal(0)), each.subject))
    return [
        {
            "scorecard_id": str(each.subject),
            "employee_id": str(by_id[each.subject].employee_id),
            "department_id": str(by_id[each.subject].department_id),
            **each.to_document(),
        }
        for each in differences
    ]
