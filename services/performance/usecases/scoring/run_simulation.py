"""Simulate a scheme version while nobody waits for it."""

from uuid import UUID

from services.performance.usecases.ports import Work
from services.performance.usecases.scoring.simulate_scheme import Asked, simulate_scheme
from shared.core.operation import Operation, Step

SIMULATION = "simulation"


async def request_simulation(work: Work, asked: Asked) -> Operation:
    """Let a simulation be made soon. Raises NotFound, Conflict (`cycle_not_plannable`)."""
    async with work() as uow:
        (await uow.inputs.cycle(asked.cycle_id)).require_plannable()
        await uow.scheme_versions.of(asked.scheme_id, asked.version)
        now = uow.now()
        parameters = {"cycle_id": str(asked.cycle_id), "scheme_id": str(asked.scheme_id), "version": asked.version}
        operation = Operation(
            id=uow.new_id(),
            kind=SIMULATION,
            parameters=parameters,
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
    asked = Asked(UUID(said["cycle_id"]), UUID(said["scheme_id"]), said["version"], by=operation.created_by)
    await simulate_scheme(work, asked, step=step, simulation_id=operation.id)
