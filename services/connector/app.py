"""The connector's HTTP process."""

from fastapi import FastAPI

from services.connector.api import (
    business_targets,
    completeness,
    connections,
    identity_links,
    observations,
    quarantine,
)
from services.connector.api.policy import POLICY
from services.connector.domain.problem_types import PROBLEM_TYPES
from services.connector.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app
from shared.kit.http.exporting import export_router

_NOUNS = (connections, identity_links, observations, quarantine, completeness, business_targets)


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(
        SERVICE,
        wiring,
        [*(noun.router for noun in _NOUNS), export_router(wiring.holdings, POLICY)],
        problems=PROBLEM_TYPES,
        queries=wiring.queries,
    )
