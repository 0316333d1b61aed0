"""The archive's HTTP process."""

from fastapi import FastAPI

from services.archive.api import calendar, departments, employees, employments, leaves, portrait, positions, records
from services.archive.api.policy import POLICY
from services.archive.api.scim import routes as scim
from services.archive.domain.problem_types import PROBLEM_TYPES
from services.archive.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app
from shared.kit.http.exporting import export_router

_NOUNS = (departments, positions, employees, employments, leaves, portrait, records, calendar, scim)


def build_app(wiring: Wiring) -> FastAPI:
    return create_app(
        SERVICE,
        wiring,
        [*(noun.router for noun in _NOUNS), export_router(wiring.holdings, POLICY)],
        problems=PROBLEM_TYPES,
        queries=wiring.queries,
    )
