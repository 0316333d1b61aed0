"""The performance engine's HTTP process."""

from fastapi import FastAPI

from services.performance.api import (
    applicability,
    calibration_sessions,
    counted_observations,
    curves,
    cycle_overviews,
    cycles,
    distribution_policies,
    distributions,
    exchange_rates,
    explanations,
    feedback,
    improvement_plans,
    metrics,
    observation_uses,
    operations,
    plans,
    recommendations,
    reports,
    revisions,
    schemes,
    score_runs,
    scorecards,
    simulations,
    standings,
    targets,
    tasks,
)
from services.performance.api.policy import POLICY
from services.performance.domain.problem_types import PROBLEM_TYPES
from services.performance.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app
from shared.kit.http.exporting import export_router

_NOUNS = (
    metrics,
    exchange_rates,
    schemes,
    curves,
    cycles,
    targets,
    plans,
    simulations,
    distribution_policies,
    distributions,
    calibration_sessions,
    scorecards,
    explanations,
    counted_observations,
    revisions,
    applicability,
    score_runs,
    observation_uses,
    reports,
    recommendations,
    feedback,
    improvement_plans,
    standings,
    cycle_overviews,
    tasks,
    operations,
)


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(
        SERVICE,
        wiring,
        [*(noun.router for noun in _NOUNS), export_router(wiring.holdings, POLICY)],
        problems=PROBLEM_TYPES,
        queries=wiring.queries,
        long_work=operations.LONG_WORK,
    )
