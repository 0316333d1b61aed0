"""Shows what a change would do to a cycle's results, before anybody makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.scorecard import Scorecard, Verdict
from services.performance.domain.simulation.comparison import Comparison, compare
from services.performance.domain.simulation.quotas import quotas_beside
from services.performance.domain.simulation.simulation import Simulation
from services.performance.domain.simulation.supposition import Supposition
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.compute_results import Supposed, compute_results
from services.performance.usecases.simulations.suppose import Consequences, suppose
from shared.core.operation import AtOnce, Step

AT_ONCE = AtOnce()
STEP = 500
"""Scorecards between two looks at whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to suppose in which cycle."""

    cycle_id: UUID
    supposed: Supposition
    by: str
    """Account or client."""


async def simulate(
    work: Work, asked: Question, *, step: Step = AT_ONCE, simulation_id: UUID | None = None
) -> Simulation:
    """Score everybody whom it concerns with and without the change, from the same data.

    Raises NotFound, Conflict (`cycle_not_plannable`, `assignment_taken`), Invalid (`target_not_positive`).
    """
    consequences = await suppose(work, asked.cycle_id, asked.supposed, by=asked.by)
    async with work() as uow:
        cycle = await uow.inputs.cycle(asked.cycle_id)
        cards = await uow.scorecards.of_cycle(cycle.id, employee_ids=consequences.employee_ids)
        found = await _compared(uow, cycle, cards, consequences, step=step)
        simulation = Simulation(
            id=simulation_id or uow.new_id(),
            cycle_id=cycle.id,
            supposed=consequences.supposed,
            summary=await _summary(uow, cycle, found, asked.supposed),
            people=_people(cards, found.comparison),
            created_by=asked.by,
            created_at=uow.now(),
        )
        await uow.simulations.add(simulation)
        await step.succeeded(uow, result=f"/v1/cycles/{cycle.id}/simulations/{simulation.id}")
        await uow.commit()
    return simulation


@dataclass(frozen=True, slots=True)
class _Found:
    """Outcomes by scorecard, and what they come to."""

    grades: Sequence[str]
    before: dict[UUID, Verdict] = field(default_factory=dict)
    after: dict[UUID, Verdict] = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison:
        return compare(self.before, self.after, grades=self.grades)


async def _compared(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], consequences: Consequences, *, step: Step
) -> _Found:
    """Score group after group with and without the change; each person's two results are from the same moment."""
    rulebook, changed = await uow.inputs.rulebook(cycle.id), consequences.rulebook
    found = _Found(_grades(rulebook, changed))
    for start in range(0, len(cards), STEP):
        await step.reached(start, total=len(cards))
        group = cards[start : start + STEP]
        found.before.update(await _outcomes(uow, cycle, group, rulebook=rulebook))
        found.after.update(await _outcomes(uow, cycle, group, rulebook=changed, supposed=consequences.inputs))
    await step.reached(len(cards), total=len(cards))
    return found


def _grades(*rulebooks: Rulebook) -> list[str]:
    """Name the grades of all schemes, each scheme's from the best to the worst."""
    schemes = (scheme for rulebook in rulebooks for scheme in rulebook.schemes.values())
    return list(dict.fromkeys(grade.key for scheme in schemes for grade in scheme.rubric.grades))


async def _outcomes(
    uow: UnitOfWork,
    cycle: Cycle,
    cards: Sequence[Scorecard],
    *,
    rulebook: Rulebook,
    supposed: Supposed | None = None,
) -> Mapping[UUID, Verdict]:
    results = await compute_results(uow, cycle, cards, rulebook=rulebook, supposed=supposed)
    return {card.id: result.verdict for card, (_, result) in zip(cards, results, strict=True)}


async def _summary(uow: UnitOfWork, cycle: Cycle, found: _Found, supposed: Supposition) -> dict[str, Any]:
    """Count, price and hold to quotas what was found; the last two only where somebody has said how."""
    summary = found.comparison.summary()
    if supposed.bonus_bands:
        summary["cost"] = found.comparison.cost(dict(supposed.bonus_bands))
    policy = await uow.distributions.policy(cycle.id)
    if policy.rules:
        people, tree = await uow.distributions.standings(cycle.id), await uow.org.tree_of(cycle)
        summary["quotas"] = quotas_beside(policy, people, before=found.before, after=found.after, tree=tree)
    return summary


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
