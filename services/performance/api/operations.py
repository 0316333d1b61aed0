"""`/v1/operations`: the engine's long work."""

from services.performance.api.policy import POLICY
from services.performance.usecases.simulations.run_simulation import SIMULATION
from shared.kit.operations.http import LongWork, operations_router

LONG_WORK = LongWork(
    "performance",
    POLICY,
    {SIMULATION: "simulations:write"},
    about="These are the performance engine's simulations; what other services do ends with their answer. Erasing a"
    " company is an order of its own, `/v1/tenants/{tenant_id}/erasure`.",
)
router = operations_router(LONG_WORK)
