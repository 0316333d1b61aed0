"""The performance's HTTP process."""

from fastapi import FastAPI

from services.performance.api import metrics
from services.performance.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(SERVICE, wiring, [metrics.router], queries=wiring.queries)
