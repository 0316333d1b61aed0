"""The factory of every service's HTTP application."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from starlette.middleware import Middleware

from shared.core.problem_types import EVERYWHERE, ProblemTypes
from shared.kit.auth.revocations import Revocations
from shared.kit.auth.tokens import Verifier
from shared.kit.db import Database
from shared.kit.http.description import Application
from shared.kit.http.health import Probe, healthz, readyz
from shared.kit.http.middleware import LimitedBody, Observed
from shared.kit.http.problems import Problem, install_problem_handlers
from shared.kit.http.route import Route
from shared.kit.http.strictness import be_strict
from shared.kit.http.trimming import describe_trimmed
from shared.kit.unit_of_work import Works


class Body(BaseModel):
    """Base of everything a caller sends, and may be shown again as part of a view.

    Unknown fields are refused, strings are trimmed, numbers and truth values are what JSON says they are.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, from_attributes=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /) -> CoreSchema:
        return be_strict(handler(source))

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> dict[str, Any]:
        described = handler(core_schema)
        describe_trimmed(handler.resolve_ref_schema(described))
        return described


OMITTED: Any = Field(default_factory=lambda: None)
"""Default of a merge patch's member that may be left out, and so stays as it is, but may not be null."""


class View(BaseModel):
    """Base of everything a caller is shown."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Wired(Protocol):
    """What a service's wiring hands to its HTTP application."""

    @property
    def database(self) -> Database: ...
    @property
    def works(self) -> Works[Any]: ...
    @property
    def verifier(self) -> Verifier: ...


REFUSALS: Mapping[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": title}
    for status, title in ((401, "Not authenticated"), (403, "Not permitted"), (422, "Invalid request"))
}


def new_router(*, tag: str) -> APIRouter:
    """Make the router of one noun."""
    return APIRouter(prefix="/v1", tags=[tag], route_class=Route)


def create_app(
    service: str,
    wired: Wired,
    routers: Iterable[APIRouter],
    *,
    probes: Sequence[Probe] = (),
    middleware: Sequence[Middleware] = (),
    problems: ProblemTypes = EVERYWHERE,
    **state: object,
) -> FastAPI:
    """Assemble a service's application.

    `state` is what its routes find on `request.app.state`; it is ready when its database and all `probes` answer.
    `problems` are the problem types of its own; `middleware` stands, the first innermost, between what every service
    observes and its routes.
    """
    revocations = Revocations(wired.database)
    app = _application(service, wired.database, revocations)
    own = {"works": wired.works, "verifier": wired.verifier, "revocations": revocations}
    for name, value in {**own, "problems": {**EVERYWHERE, **problems}, **state}.items():
        setattr(app.state, name, value)
    install_problem_handlers(app)
    _add_health(app, [wired.database.ping, *probes])
    for router in routers:
        app.include_router(router)
    for each in (Middleware(LimitedBody), *middleware, Middleware(Observed, service=service)):
        app.add_middleware(each.cls, *each.args, **each.kwargs)
    return app


def _application(service: str, database: Database, revocations: Revocations) -> FastAPI:
    """Make it, with what begins and ends with it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with revocations.followed():
            yield
        await database.close()

    return Application(
        title=f"Steelyard {service}",
        version="1",
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=dict(REFUSALS),
        generate_unique_id_function=lambda route: route.name,
    )


def _add_health(app: FastAPI, probes: Sequence[Probe]) -> None:
    app.add_route("/healthz", healthz, include_in_schema=False)
    app.add_route("/readyz", readyz(probes), include_in_schema=False)
