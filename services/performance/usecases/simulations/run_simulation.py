"""Simulate while nobody waits for it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.performance.domain.simulation.supposition import Supposition
from services.performance.usecases.ports import Work
from services.performance.usecases.simulations.simulate import Question, simulate
from shared.core.operation import Operation, Step

SIMULATION = "simulation"


async def request_simulation(work: Work, asked: Question) -> Operation:
    """Let a simulation be made soon. Raises NotFound, Conflict (`cycle_not_plannable`)."""
    async with work() as uow:
        (await uow.inputs.cycle(asked.cycle_id)).require_plannable()
        if asked.supposed.scheme is not None:
            await uow.scheme_versions.of(*asked.supposed.scheme)
        now = uow.now()
        operation = Operation(
            id=uow.new_id(),
            kind=SIMULATION,
            parameters={"cycle_id": str(asked.cycle_id), "supposed": asked.supposed.to_document()},
            created_by=asked.by,
            created_at=now,
            updated_at=now,
        )
        await uow.operations.add(operation)
        await uow.commit()
    return operation


async def run_simulation(operation: Operation, work: Work, step: Step) -> None:
    """Make the simulation under the operation's own id."""
    said = operation.parameters
    asked = Question(UUID(said["cycle_id"]), _supposed(said), by=operation.created_by)
    await simulate(work, asked, step=step, simulation_id=operation.id)


def _supposed(said: Mapping[str, Any]) -> Supposition:
    """Read what was asked for; a request that waits since there was nothing else to suppose names a scheme version."""
    if "supposed" in said:
        return Supposition.of_document(said["supposed"])
    return Supposition(scheme=(UUID(said["scheme_id"]), said["version"]))
