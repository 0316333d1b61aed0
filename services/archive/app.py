"""The archive's HTTP process."""

from fastapi import FastAPI

from services.archive.api import departments
from services.archive.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(SERVICE, wiring, [departments.router], queries=wiring.queries)
