"""What looks ahead of a result or follows it: simulations, feedback and improvement plans."""

from dataclasses import asdict
from datetime import date
from typing import Any

from services.performance.domain.reports.improvement import Feedback, Goal, ImprovementPlan
from services.performance.domain.simulation.simulation import Simulation
from services.performance.domain.simulation.supposition import Supposition
from services.performance.store.tables.scoring import feedback, improvement_plans, simulations
from shared.core.paging import Row
from shared.kit.repository import Repository


class SimulationRepository(Repository[Simulation]):
    table = simulations
    entity = Simulation
    noun = "simulation"

    def to_row(self, entity: Simulation) -> dict[str, Any]:
        return {**asdict(entity), "supposed": entity.supposed.to_document()}

    def to_entity(self, row: Row) -> Simulation:
        return super().to_entity({**row, "supposed": Supposition.of_document(row["supposed"])})


class FeedbackRepository(Repository[Feedback]):
    table = feedback
    entity = Feedback
    noun = "feedback"


class ImprovementPlanRepository(Repository[ImprovementPlan]):
    table = improvement_plans
    entity = ImprovementPlan
    noun = "improvement plan"

    def to_row(self, entity: ImprovementPlan) -> dict[str, Any]:
        goals = [{"text": goal.text, "due_on": goal.due_on and goal.due_on.isoformat()} for goal in entity.goals]
        return {**asdict(entity), "goals": goals}

    def to_entity(self, row: Row) -> ImprovementPlan:
        goals = tuple(
            Goal(goal["text"], goal["due_on"] and date.fromisoformat(goal["due_on"])) for goal in row["goals"]
        )
        return super().to_entity({**row, "goals": goals})
