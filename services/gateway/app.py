"""The gateway's HTTP process: its own routes, and everything else handed over to the service that owns the path."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from services.gateway.api import audit_events, dashboard, description, tenant
from services.gateway.api.hosting import tenant_erasures, tenant_limits, tenants
from services.gateway.api.identity import (
    accounts,
    api_clients,
    authorize,
    client_keys,
    federation,
    identity_provider,
    oauth,
    oauth_tokens,
    second_factor,
    sessions,
)
from services.gateway.api.identity.static_keys import Reception, StaticKeys
from services.gateway.api.metrics import metrics_shown
from services.gateway.api.policy import POLICY
from services.gateway.api.rate_limits import Rationed
from services.gateway.clients.dashboard import Dashboard
from services.gateway.clients.description import Description
from services.gateway.clients.forwarding import Forwarding
from services.gateway.clients.headers import FromOutside
from services.gateway.clients.upstream import Upstreams, require_ready
from services.gateway.domain.problem_types import PROBLEM_TYPES
from services.gateway.wiring import SERVICE, Facing, Wiring
from shared.kit.http.app import create_app
from shared.kit.http.exporting import export_router
from shared.kit.http.hardening import Hardened, TimeLimited
from shared.kit.http.headers import SENT_BY_BROWSERS, SHOWN_TO_BROWSERS

_NOUNS = (
    oauth,
    oauth_tokens,
    authorize,
    federation,
    sessions,
    tenant,
    identity_provider,
    accounts,
    api_clients,
    client_keys,
    second_factor,
    audit_events,
    dashboard,
    description,
    tenants,
    tenant_limits,
    tenant_erasures,
)

_WATCHED_BY_OTHERS = dict.fromkeys(
    ("audit_events", "audit_subjects", "audit_checkpoints", "audit_chains"),
    "the audit log is for auditors, who read it by /v1/audit-events; operators export it by command",
)
"""Who secures the system does not see who watches it."""


def build_app(wiring: Wiring, upstreams: Upstreams | None = None) -> FastAPI:
    """Build it in front of the services in the same memory, else of those the settings name by URL."""
    upstreams = wiring.remote.upstreams if upstreams is None else upstreams
    app = create_app(
        SERVICE,
        wiring,
        [*(noun.router for noun in _NOUNS), export_router(wiring.holdings, POLICY, without=_WATCHED_BY_OTHERS)],
        probes=[partial(require_ready, upstreams)],
        problems=PROBLEM_TYPES,
        middleware=[
            Middleware(Rationed, rationing=wiring.rationing),
            Middleware(StaticKeys, reception=_reception(wiring)),
            Middleware(TimeLimited, seconds=wiring.facing.request_seconds),
            Middleware(FromOutside),
        ],
        queries=wiring.queries,
        attempts=wiring.attempts,
        credentials=wiring.credentials,
        issuer=wiring.issuer,
        jwks=wiring.jwks,
        operators=wiring.operators,
        companies=wiring.companies,
        erasure_wait=wiring.facing.erasure_wait,
        quota_overrides=wiring.quota_overrides,
        rationing=wiring.rationing,
        log_in_forms=wiring.log_in_forms,
        providers=wiring.providers,
        issuers=wiring.issuers,
        public_url=wiring.facing.public_url,
    )
    app.state.dashboard = Dashboard(upstreams)
    app.state.description = Description(upstreams, own=app.openapi)
    app.router.middleware_stack = Forwarding(upstreams, otherwise=app.router.middleware_stack)
    _face_the_world(app, wiring.facing)
    _open_with(app, wiring)
    return app


def _reception(wiring: Wiring) -> Reception:
    return Reception(wiring.credentials, wiring.works.of, wiring.issuer, wiring.verifier, wiring.rationing)


def _face_the_world(app: FastAPI, facing: Facing) -> None:
    """Put before everything, the access log included, what browsers are told."""
    if facing.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=facing.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=SENT_BY_BROWSERS,
            expose_headers=SHOWN_TO_BROWSERS,
        )
    app.add_middleware(Hardened, https_only_seconds=facing.https_only_seconds)


def _open_with(app: FastAPI, wiring: Wiring) -> None:
    """Keep the connections to other processes open as long as the application lives, and those that count requests."""
    own = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with metrics_shown(wiring.facing.metrics_address):
            async with wiring.remote.opened(), own(app):
                yield
        await wiring.guarded.close()
        await wiring.close_quotas()

    app.router.lifespan_context = lifespan
