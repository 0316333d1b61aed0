"""Scorecards, their former results, the runs that made them, and simulations, as routes read them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, case, cast, exists, func, or_, select

from services.performance.store.queries.calibration import calibrations_of
from services.performance.store.queries.expansions import expanded
from services.performance.store.queries.within import within
from services.performance.store.repositories.scorecards import shown_at
from services.performance.store.tables.base import org
from services.performance.store.tables.procedure import cycles, plans, targets
from services.performance.store.tables.revisions import revisions
from services.performance.store.tables.scoring import results, score_runs, scorecards, simulations
from shared.core.access import Expand, Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The id within what the cause of a run refers to."""


class ScoreQueries(queries.Queries):
    async def scorecards(self, page: PageRequest, reach: Reach, expand: Expand, **equals: UUID | None) -> Page:
        statement = await self._scorecards(reach, expand, **equals)
        return await self.page(statement, page, by=[scorecards.c.id], updated=scorecards.c.updated_at)

    async def scorecard(
        self, scorecard_id: UUID, reach: Reach, expand: Expand, *, as_of: datetime | None = None
    ) -> Row:
        row = await self.one(await self._scorecards(reach, expand, id=scorecard_id), noun="scorecard")
        if as_of is None:
            return row
        at_the_time = shown_at(scorecard_id, as_of).add_columns(calibrations_of(results, results.c.scorecard_id))
        former = await self.one(at_the_time, noun="result")
        shown = (
            "calibrations",
            "status",
            "sequence",
            "scheme_id",
            "scheme_version",
            "total",
            "grade",
            "result",
            "input_hash",
        )
        return {**row, **{name: former[name] for name in shown}, "scored_at": former["recorded_at"]}

    async def results(self, scorecard_id: UUID, page: PageRequest, reach: Reach) -> Page:
        await self.scorecard(scorecard_id, reach, {})
        statement = (
            select(results, score_runs.c.cause_kind, score_runs.c.cause_reference)
            .add_columns(calibrations_of(results, results.c.scorecard_id))
            .join(score_runs, score_runs.c.id == results.c.run_id)
            .where(results.c.scorecard_id == scorecard_id)
        )
        return await self.page(statement, page, by=[results.c.sequence], updated=results.c.recorded_at)

    async def score_runs(self, page: PageRequest, reach: Reach, *, cycle_id: UUID | None) -> Page:
        """List runs; what a cause refers to is null where that is about somebody beyond reach."""
        statement = select(score_runs)
        if not reach.everything:
            reference = case((~await self._names_others(reach), score_runs.c.cause_reference))
            own = [column for column in score_runs.c if column.name != "cause_reference"]
            statement = select(*own, reference.label("cause_reference"))
        if cycle_id is not None:
            statement = statement.where(score_runs.c.cycle_id == cycle_id)
        return await self.page(statement, page, by=[score_runs.c.id], updated=score_runs.c.updated_at)

    async def simulations(self, cycle_id: UUID, page: PageRequest) -> Page:
        await self.one(select(cycles.c.id).where(cycles.c.id == cycle_id), noun="cycle")
        shown = [column for column in simulations.c if column is not simulations.c.people]
        statement = select(*shown).where(simulations.c.cycle_id == cycle_id)
        return await self.page(statement, page, by=[simulations.c.id], updated=simulations.c.created_at)

    async def simulation(self, cycle_id: UUID, simulation_id: UUID) -> Row:
        wanted = (simulations.c.cycle_id == cycle_id, simulations.c.id == simulation_id)
        return await self.one(select(simulations).where(*wanted), noun="simulation")

    async def _names_others(self, reach: Reach) -> ColumnElement[bool]:
        """Tell whether a run's cause refers to a row about a person or department beyond reach."""
        today, named = await self.today(), cast(func.substring(score_runs.c.cause_reference, _ID), Uuid)
        beyond = {
            table: ~within(table, reach, today=today, employee=employee)
            for table, employee in (
                (scorecards, scorecards.c.employee_id),
                (revisions, revisions.c.employee_id),
                (targets, targets.c.subject_id),
                (plans, None),
            )
        }
        return or_(*(exists().where(table.c.id == named, condition) for table, condition in beyond.items()))

    async def _scorecards(self, reach: Reach, expand: Expand, **equals: UUID | None) -> Select[Any]:
        today = await self.today()
        given = [scorecards.c[name] == value for name, value in equals.items() if value is not None]
        people = org.employees
        return (
            select(scorecards, people.c.name.label("employee_name"), people.c.work_number)
            .outerjoin(people, people.c.id == scorecards.c.employee_id)
            .add_columns(calibrations_of(scorecards, scorecards.c.id), *expanded(scorecards, expand, today=today))
            .where(within(scorecards, reach, today=today), *given)
        )
