"""Shows what a scheme version would do to a cycle's results, before anybody publishes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.scorecard import Scorecard
from services.performance.domain.scoring.simulation import Comparison, Outcome, Simulation, compare
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.compute_results import compute_results
from shared.core.operation import AtOnce, Step

AT_ONCE = AtOnce()
STEP = 500
"""Scorecards between two looks at whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which version to simulate in which cycle."""

    cycle_id: UUID
    scheme_id: UUID
    version: int
    by: str
    """Account or client."""


async def simulate_scheme(
    work: Work, asked: Asked, *, step: Step = AT_ONCE, simulation_id: UUID | None = None
) -> Simulation:
    """Score everybody under the scheme with and without the version, from the same data.

    Weights that departments set stay where the version's own are what they were, as they would on publication.
    Raises NotFound, Conflict (`cycle_not_plannable`).
    """
    async with work() as uow:
        cycle = await uow.inputs.cycle(asked.cycle_id)
        cycle.require_plannable()
        comparison, cards = await _compared(uow, cycle, asked, step=step)
        simulation = Simulation(
            id=simulation_id or uow.new_id(),
            cycle_id=cycle.id,
            scheme_id=asked.scheme_id,
            scheme_version=asked.version,
            summary=comparison.summary(),
            people=_people(cards, comparison),
            created_by=asked.by,
            created_at=uow.now(),
        )
        await uow.simulations.add(simulation)
        await step.succeeded(uow, result=f"/v1/cycles/{cycle.id}/simulations/{simulation.id}")
        await uow.commit()
    return simulation


async def _compared(
    uow: UnitOfWork, cycle: Cycle, asked: Asked, *, step: Step
) -> tuple[Comparison, Sequence[Scorecard]]:
    """Score group after group with and without the draft; each person's two results are from the same moment."""
    draft = await uow.scheme_versions.of(asked.scheme_id, asked.version)
    scheme = draft.read(await uow.metrics.by_key())
    cards = [card for card in await uow.scorecards.of_cycle(cycle.id) if asked.scheme_id in card.scheme_ids]
    rulebook = await uow.inputs.rulebook(cycle.id)
    drafted = rulebook.with_draft(asked.scheme_id, asked.version, scheme)
    before: dict[UUID, Outcome] = {}
    after: dict[UUID, Outcome] = {}
    for start in range(0, len(cards), STEP):
        await step.reached(start, total=len(cards))
        group = cards[start : start + STEP]
        before |= await _outcomes(uow, cycle, group, rulebook=rulebook)
        after |= await _outcomes(uow, cycle, group, rulebook=drafted)
    await step.reached(len(cards), total=len(cards))
    return compare(before, after, grades=[grade.key for grade in scheme.rubric.grades]), cards


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
