"""`/v1/cycles/{id}/simulations`: what a scheme version would do, person by person."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.operations import LONG_WORK
from services.performance.api.policy import POLICY
from services.performance.usecases.ports import Queries
from services.performance.usecases.scoring.run_simulation import request_simulation
from services.performance.usecases.scoring.simulate_scheme import Asked, simulate_scheme
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.operations.http import ACCEPTED, PreferAsync, accepted

router = new_router(tag="simulations")


class NewSimulation(Body):
    scheme_id: UUID
    version: int = Field(ge=1, le=2**31 - 1)


class OutcomeView(View):
    total: Decimal | None
    grade: str | None


class PersonView(View):
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    before: OutcomeView
    after: OutcomeView
    delta: Decimal | None
    moved: bool


class MoveView(View):
    from_: str | None = Field(alias="from")
    to: str | None
    people: int


class SummaryView(View):
    people: int
    changed: int
    raised: int
    lowered: int
    promoted: int
    demoted: int
    grades_before: dict[str, int]
    grades_after: dict[str, int]
    moves: list[MoveView]


class SimulationSummaryView(View):
    id: UUID
    cycle_id: UUID
    scheme_id: UUID
    scheme_version: int
    summary: SummaryView
    created_by: str
    created_at: datetime


class SimulationView(SimulationSummaryView):
    """The summary counts everybody; `people` are those whose scores the caller may read."""

    people: list[PersonView]


@router.get("/cycles/{cycle_id}/simulations", dependencies=[POLICY.allow("simulations:read")])
async def list_simulations(cycle_id: UUID, queries: QueriesDep, page: UpdatedParams) -> Listed[SimulationSummaryView]:
    return listed(await queries.simulations(cycle_id, page), SimulationSummaryView.model_validate)


@router.get("/cycles/{cycle_id}/simulations/{simulation_id}")
async def get_simulation(
    cycle_id: UUID,
    simulation_id: UUID,
    grant: Annotated[Grant, POLICY.allow("simulations:read")],
    queries: QueriesDep,
) -> SimulationView:
    simulation = SimulationView.model_validate(await queries.simulation(cycle_id, simulation_id))
    return await _as_far_as_scores_are_read(simulation, grant, queries)


@router.post("/cycles/{cycle_id}/simulations", status_code=201, response_model=SimulationView, responses=ACCEPTED)
async def post_simulation(
    cycle_id: UUID,
    body: NewSimulation,
    *,
    grant: Annotated[Grant, POLICY.allow("simulations:write")],
    work: WorkDep,
    queries: QueriesDep,
    prefers_async: PreferAsync,
) -> SimulationView | Response:
    """Simulate and answer with the result or, for who prefers not to wait, with an operation to follow."""
    asked = Asked(cycle_id, body.scheme_id, body.version, by=grant.principal.subject)
    if prefers_async:
        return accepted(await request_simulation(work, asked), service=LONG_WORK.service)
    simulation = await simulate_scheme(work, asked)
    return await _as_far_as_scores_are_read(SimulationView.model_validate(simulation), grant, queries)


async def _as_far_as_scores_are_read(simulation: SimulationView, grant: Grant, queries: Queries) -> SimulationView:
    """Leave out whom HR elsewhere, or a system that only knows schemes, would learn the totals of."""
    visible = await queries.scorecard_ids(simulation.cycle_id, POLICY.reach(grant.principal, "scores:read"))
    people = [person for person in simulation.people if person.scorecard_id in visible]
    return simulation.model_copy(update={"people": people})
