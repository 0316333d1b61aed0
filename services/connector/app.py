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
from services.connector.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app

ROUTERS = (
    connections.router,
    identity_links.router,
    observations.router,
    quarantine.router,
    completeness.router,
    business_targets.router,
)


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(SERVICE, wiring, ROUTERS, queries=wiring.queries)
