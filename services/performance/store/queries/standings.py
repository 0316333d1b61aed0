"""How somebody stands now."""

from uuid import UUID

from sqlalchemy import select

from services.performance.store.queries.follow_up import FollowUpQueries
from services.performance.store.queries.scores import ScoreQueries
from services.performance.store.queries.within import person_within
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycles
from services.performance.store.tables.scoring import feedback, improvement_plans, scorecards
from shared.core.access import Reach
from shared.core.paging import Row

_NEWEST = 20
_CYCLE = (cycles.c.name.label("cycle_name"), cycles.c.starts_on, cycles.c.ends_on, cycles.c.phase)


class StandingQueries(ScoreQueries, FollowUpQueries):
    async def standing(self, employee_id: UUID, reach: Reach) -> Row:
        """Gather it within the caller's reach. Raises NotFound."""
        reached = person_within(reach, today=await self.today())
        wanted = (org.employees.c.id == employee_id, org.employees.c.deleted.is_(False))
        await self.one(select(org.employees.c.id).where(*wanted, reached), noun="employee")
        cards = (await self._scorecards(reach, {}, employee_id=employee_id)).add_columns(*_CYCLE)
        cards = cards.join(cycles, cycles.c.id == scorecards.c.cycle_id).where(cycles.c.phase != "published")
        plans = await self._of_people(improvement_plans, reach, {}, employee_id=employee_id)
        said = await self._feedback(reach, {}, employee_id=employee_id)
        return {
            "employee_id": employee_id,
            "scorecards": await self.rows(cards.order_by(cycles.c.starts_on.desc(), scorecards.c.id).limit(_NEWEST)),
            "improvement_plans": await self.rows(
                plans.where(improvement_plans.c.state != "done").order_by(improvement_plans.c.id.desc()).limit(_NEWEST)
            ),
            "feedback": await self.rows(said.order_by(feedback.c.id.desc()).limit(_NEWEST)),
        }
