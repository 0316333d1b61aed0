"""Shows what a change would do to a cycle's results, before anybody makes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.cycle import Cycle
from services.performance.domain.schemes.assignment import Place
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.scorecard import Result, Scorecard, Verdict
from services.performance.domain.simulation.comparison import Comparison, compare
from services.performance.domain.simulation.quotas import Standings, quotas_beside
from services.performance.domain.simulation.simulation import Simulation
from services.performance.domain.simulation.supposition import Supposition
from services.performance.usecases.ports import UnitOfWork, Work
from services.performance.usecases.scoring.compute_results import compute_results
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

    Raises NotFound, Conflict (`cycle_not_plannable`, `assignment_taken`, `department_circle`), Invalid
    (`target_not_positive`, `day_outside_cycle`, `grade_unknown`).
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
            summary=await _summary(uow, cycle, found, consequences),
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
    """Outcomes by scorecard, the departments of those who would be in another one, and what it comes to."""

    grades: Sequence[str]
    before: dict[UUID, Verdict] = field(default_factory=dict)
    after: dict[UUID, Verdict] = field(default_factory=dict)
    departments: dict[UUID, UUID] = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison:
        return compare(self.before, self.after, grades=self.grades)

    def add(self, card_id: UUID, before: tuple[Place, Result], after: tuple[Place, Result]) -> None:
        (former, result), (place, changed) = before, after
        self.before[card_id], self.after[card_id] = result.verdict, changed.verdict
        if place.department_id != former.department_id:
            self.departments[card_id] = place.department_id


async def _compared(
    uow: UnitOfWork, cycle: Cycle, cards: Sequence[Scorecard], consequences: Consequences, *, step: Step
) -> _Found:
    """Score group after group with and without the change; each person's two results are from the same moment."""
    rulebook, changed = await uow.inputs.rulebook(cycle.id), consequences.rulebook
    found = _Found(_grades(rulebook, changed))
    consequences.supposed.refuse_unknown_grades(found.grades)
    for start in range(0, len(cards), STEP):
        await step.reached(start, total=len(cards))
        group = cards[start : start + STEP]
        before = await compute_results(uow, cycle, group, rulebook=rulebook)
        after = await compute_results(uow, cycle, group, rulebook=changed, supposed=consequences.inputs)
        for card, then, now in zip(group, before, after, strict=True):
            found.add(card.id, then, now)
    await step.reached(len(cards), total=len(cards))
    return found


def _grades(*rulebooks: Rulebook) -> list[str]:
    """Name the grades of all schemes, each scheme's from the best to the worst."""
    schemes = (scheme for rulebook in rulebooks for scheme in rulebook.schemes.values())
    return list(dict.fromkeys(grade.key for scheme in schemes for grade in scheme.rubric.grades))


async def _summary(uow: UnitOfWork, cycle: Cycle, found: _Found, consequences: Consequences) -> dict[str, Any]:
    """Count, price and hold to quotas what was found; the last two only where somebody has said how."""
    summary, bands = found.comparison.summary(), consequences.supposed.bonus_bands
    if bands:
        summary["cost"] = found.comparison.cost(dict(bands))
    policy = await uow.distributions.policy(cycle.id)
    if policy.rules:
        people, tree = await uow.distributions.standings(cycle.id), await uow.org.tree_of(cycle)
        before = Standings(tree, found.before)
        after = Standings(consequences.inputs.tree or tree, found.after, found.departments)
        summary["quotas"] = quotas_beside(policy, people, before=before, after=after)
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
