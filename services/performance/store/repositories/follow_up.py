"""What looks ahead of a result or follows it: simulations, feedback and improvement plans."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import any_, cast, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.reports.improvement import Feedback, Goal, ImprovementPlan
from services.performance.domain.simulation.simulation import Simulation
from services.performance.domain.simulation.supposition import Supposition
from services.performance.store.queries.within import within
from services.performance.store.tables.scoring import feedback, improvement_plans, scorecards, simulations
from shared.core.access import Reach
from shared.core.paging import Row
from shared.kit.repository import Repository


class SimulationRepository(Repository[Simulation]):
    table = simulations
    entity = Simulation
    noun = "simulation"

    def to_row(self, entity: Simulation) -> dict[str, Any]:
        return entity.to_row()

    def to_entity(self, row: Row) -> Simulation:
        return super().to_entity({**row, "supposed": Supposition.of_document(row["supposed"])})

    async def people(
        self, simulation_ids: Collection[UUID], reach: Reach, *, today: date
    ) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
        each = func.jsonb_array_elements(simulations.c.people)
        listed = each.table_valued(column("person", JSONB), with_ordinality="at", name="each").render_derived()
        person = listed.c.person
        statement = (
            select(simulations.c.id, person)
            .select_from(simulations.join(listed, true()))
            .join(scorecards, scorecards.c.id == cast(person["scorecard_id"].astext, PG_UUID))
            .where(simulations.c.id == any_(literal(list(simulation_ids), ARRAY(PG_UUID))))
            .where(within(scorecards, reach, today=today))
            .order_by(simulations.c.id, listed.c.at)
        )
        found: defaultdict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
        for row in await self.tx.execute(statement):
            found[row.id].append(row.person)
        return found


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
