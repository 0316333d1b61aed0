"""Probes: alive while the process answers at all, ready while everything it needs answers too, and metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.core.errors import Unavailable
from shared.kit.bus.port import Bus
from shared.kit.db import Database
from shared.kit.faults import is_transient
from shared.kit.http.problems import problem_response
from shared.kit.worker import Worker

Probe = Callable[[], Awaitable[object]]
"""Returns when a dependency answers; raises something transient when it does not."""
PROBE_SECONDS = 3.0
"""A dependency that takes longer to say a word counts as away."""


async def healthz(_: Request) -> Response:
    return Response(b'{"status":"alive"}', media_type="application/json")


async def metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def readyz(probes: Sequence[Probe]) -> Callable[[Request], Awaitable[Response]]:
    """Make the readiness route that asks `probes` one after the other."""

    async def ask(request: Request) -> Response:
        try:
            for probe in probes:
                async with asyncio.timeout(PROBE_SECONDS):
                    await probe()
        except Exception as error:
            if not is_transient(error):
                raise
            return problem_response(request, 503, code="not_ready", detail=_why(error), retryable=True)
        return Response(b'{"status":"ready"}', media_type="application/json")

    return ask


def worker_probes(worker: Worker, *, database: Database, bus: Bus) -> Starlette:
    """Make the HTTP side of a worker process: it has no other.

    It is ready while database and bus answer and none of its loops fails.
    """

    async def ask_bus() -> None:
        await bus.extent(())

    async def ask_loops() -> None:
        if worker.failing:
            raise Unavailable("loops_failing", f"These fail at present: {', '.join(sorted(worker.failing))}.")

    probes = (database.ping, ask_bus, ask_loops)
    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz(probes)), Route("/metrics", metrics)],
    )


def _why(error: Exception) -> str:
    return error.detail if isinstance(error, Unavailable) else "A dependency is away."
