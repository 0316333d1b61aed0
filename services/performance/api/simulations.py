"""`/v1/cycles/{id}/simulations`: what a change would do, person by person, and making it exactly so."""

from dataclasses import replace
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.operations import LONG_WORK
from services.performance.api.policy import POLICY
from services.performance.api.simulation_views import SimulationSummaryView, SimulationView
from services.performance.domain.goals.target_effect import Overrides
from services.performance.domain.simulation.reorganisation import Merger, Move, OtherParent, Reorganisation
from services.performance.domain.simulation.supposition import OtherTarget, Supposition
from services.performance.usecases.ports import Work
from services.performance.usecases.simulations.apply_simulation import apply_simulation
from services.performance.usecases.simulations.run_simulation import request_simulation
from services.performance.usecases.simulations.show_simulations import SEEN_BY, show_simulations
from services.performance.usecases.simulations.simulate import Question, simulate
from shared.core.access import Grant
from shared.core.paging import Row
from shared.kit.http.app import Body, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.operations.http import ACCEPTED, PreferAsync, accepted

router = new_router(tag="simulations")


class OtherTargetModel(Body):
    target_id: UUID
    value: Number
    overrides: Overrides = Field(default="keep", description="what becomes of values set by hand below it")

    def supposed(self) -> OtherTarget:
        return OtherTarget(self.target_id, self.value, overrides=self.overrides)


class MoveModel(Body):
    employee_id: UUID
    department_id: UUID
    position_id: UUID
    on: Annotated[Day, Field(description="first day in the new place")]

    def supposed(self) -> Move:
        return Move(self.employee_id, self.department_id, self.position_id, self.on)


class OtherParentModel(Body):
    department_id: Annotated[UUID, Field(description="with everything below it")]
    parent_id: Annotated[UUID | None, Field(description="the department above; null for the top")]

    def supposed(self) -> OtherParent:
        return OtherParent(self.department_id, self.parent_id)


class MergerModel(Body):
    department_id: Annotated[UUID, Field(description="whose own people move; departments below it stay below it")]
    merged_into: UUID
    on: Annotated[Day, Field(description="first day in the other department")]

    def supposed(self) -> Merger:
        return Merger(self.department_id, self.merged_into, self.on)


class BonusBandModel(Body):
    grade: str = Field(min_length=1, max_length=200)
    amount: Number = Field(description="what a person of the grade is paid, in the company's currency")

    @model_validator(mode="after")
    def _is_paid(self) -> Self:
        if self.amount < 0:
            raise PydanticCustomError("amount_negative", "Nobody pays for a grade.")
        return self


class NewSimulation(Body):
    """What to suppose, all of it at once; with `bonus_bands` alone today's results are priced."""

    scheme_id: UUID | None = None
    version: Annotated[
        int | None, Field(ge=1, le=2**31 - 1, description="of the scheme: its items, weights, rules and grades")
    ] = None
    effective_on: Day | None = Field(default=None, description="first day of the version; without one, all days")
    targets: list[OtherTargetModel] = Field(default=[], max_length=100, description="set by hand one after the other")
    departments: list[OtherParentModel] = Field(
        default=[], max_length=200, description="departments that lie elsewhere in the tree"
    )
    mergers: list[MergerModel] = Field(
        default=[], max_length=100, description="departments whose people work in another from a day on"
    )
    moves: list[MoveModel] = Field(default=[], max_length=1000, description="people who work elsewhere from a day on")
    bonus_bands: list[BonusBandModel] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _supposes_something(self) -> Self:
        if (self.scheme_id is None) != (self.version is None):
            raise PydanticCustomError("version_incomplete", "Send `scheme_id` and `version` together.")
        if self.effective_on is not None and self.scheme_id is None:
            raise PydanticCustomError("version_incomplete", "Send `effective_on` with a version alone.")
        if not (self.scheme_id or self.targets or self.reorganisation or self.bonus_bands):
            raise PydanticCustomError("supposition_empty", "Say what to suppose.")
        return self

    @property
    def reorganisation(self) -> Reorganisation:
        return Reorganisation(
            departments=tuple(each.supposed() for each in self.departments),
            mergers=tuple(each.supposed() for each in self.mergers),
            moves=tuple(each.supposed() for each in self.moves),
        )

    def supposition(self) -> Supposition:
        """Read it. Raises Invalid (`target_repeated`, `department_repeated`, `move_repeated`, `band_repeated`)."""
        scheme = None if self.scheme_id is None or self.version is None else (self.scheme_id, self.version)
        supposed = Supposition(
            scheme=scheme,
            effective_on=self.effective_on,
            targets=tuple(each.supposed() for each in self.targets),
            reorganisation=self.reorganisation,
            bonus_bands=tuple((each.grade, each.amount) for each in self.bonus_bands),
        )
        supposed.refuse_repeated()
        return supposed


class Application(Body):
    reason: str = Field(min_length=1, max_length=1000, description="kept with targets that are set")


@router.get("/cycles/{cycle_id}/simulations")
async def list_simulations(
    cycle_id: UUID,
    page: UpdatedParams,
    *,
    grant: Annotated[Grant, POLICY.allow("simulations:read")],
    work: WorkDep,
    queries: QueriesDep,
) -> Listed[SimulationSummaryView]:
    found = await queries.simulations(cycle_id, page)
    rows = await show_simulations(work, cycle_id, found.rows, POLICY.reaches(grant.principal, *SEEN_BY))
    return listed(replace(found, rows=rows), SimulationSummaryView.of_row)


@router.get("/cycles/{cycle_id}/simulations/{simulation_id}")
async def get_simulation(
    cycle_id: UUID,
    simulation_id: UUID,
    grant: Annotated[Grant, POLICY.allow("simulations:read")],
    work: WorkDep,
    queries: QueriesDep,
) -> SimulationView:
    return await _shown(await queries.simulation(cycle_id, simulation_id), grant, work)


@router.post("/cycles/{cycle_id}/simulations", status_code=201, response_model=SimulationView, responses=ACCEPTED)
async def post_simulation(
    cycle_id: UUID,
    body: NewSimulation,
    *,
    grant: Annotated[Grant, POLICY.allow("simulations:write")],
    work: WorkDep,
    prefers_async: PreferAsync,
) -> SimulationView | Response:
    """Simulate and answer with the result or, for who prefers not to wait, with an operation to follow."""
    asked = Question(cycle_id, body.supposition(), by=grant.principal.subject)
    if prefers_async:
        return accepted(await request_simulation(work, asked), service=LONG_WORK.service)
    return await _shown((await simulate(work, asked)).to_row(), grant, work)


@router.post("/cycles/{cycle_id}/simulations/{simulation_id}/application")
async def post_simulation_application(
    cycle_id: UUID,
    simulation_id: UUID,
    body: Application,
    *,
    grant: Annotated[Grant, POLICY.allow("simulations:write")],
    work: WorkDep,
) -> SimulationView:
    """Publish the version and set the targets, if that still does exactly what was simulated.

    For who may do each of it by itself: setting targets takes the right to set them.
    """
    grants = POLICY.reaches(grant.principal, "schemes:write", "targets:write")
    simulation = await apply_simulation(work, grants, cycle_id, simulation_id, reason=body.reason)
    return await _shown(simulation.to_row(), grant, work)


async def _shown(row: Row, grant: Grant, work: Work) -> SimulationView:
    """Show one as far as its reader reaches, who may know schemes alone."""
    (seen,) = await show_simulations(work, row["cycle_id"], [row], POLICY.reaches(grant.principal, *SEEN_BY))
    return SimulationView.of_row(seen)
