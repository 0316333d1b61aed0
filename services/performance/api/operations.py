"""`/v1/operations`: the engine's long work."""

from services.performance.api.policy import POLICY
from services.performance.usecases.scoring.run_simulation import SIMULATION
from shared.kit.operations.http import LongWork, operations_router

LONG_WORK = LongWork("performance", POLICY, {SIMULATION: "simulations:write"})
router = operations_router(LONG_WORK)
