"""The gateway's HTTP process."""

from fastapi import FastAPI

from services.gateway.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(SERVICE, wiring, [], queries=wiring.queries)
