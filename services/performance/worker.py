"""The performance engine's worker process: its relay, consumer and timers."""

from collections.abc import Sequence
from datetime import timedelta

from services.performance.events.subscriptions import SUBSCRIPTIONS
from services.performance.usecases.goals.default_late_plans import default_late_plans
from services.performance.usecases.goals.remind_of_plans import remind_of_plans
from services.performance.usecases.observations.watch_freshness import watch_freshness
from services.performance.usecases.scoring.continue_score_runs import continue_score_runs
from services.performance.usecases.simulations.run_simulation import SIMULATION, run_simulation
from services.performance.wiring import SERVICE, Wiring
from shared.kit.operations.runner import operation_loops
from shared.kit.service import every_tenant, service_loops
from shared.kit.worker import Loop

PLANS_INTERVAL = timedelta(seconds=10)
"""Plans fall due by the business day, which a sandbox may move at any moment."""
SCORE_RUNS_INTERVAL = timedelta(seconds=5)
"""What a run that is too large for one transaction waits at most until somebody goes on with it."""

FRESHNESS_INTERVAL = timedelta(minutes=1)
"""Sources grow stale by the business day; what waits for one that is fresh again waits so long at most."""


def build_loops(wiring: Wiring) -> Sequence[Loop]:
    works = wiring.works
    return (
        *service_loops(SERVICE, wiring.bus, works, SUBSCRIPTIONS, wiring.holdings),
        every_tenant(f"{SERVICE}.plans_owed", PLANS_INTERVAL, works, remind_of_plans),
        every_tenant(f"{SERVICE}.plans_late", PLANS_INTERVAL, works, default_late_plans),
        every_tenant(f"{SERVICE}.score_runs", SCORE_RUNS_INTERVAL, works, continue_score_runs),
        every_tenant(f"{SERVICE}.freshness", FRESHNESS_INTERVAL, works, watch_freshness),
        *operation_loops(SERVICE, works, {SIMULATION: run_simulation}),
    )
