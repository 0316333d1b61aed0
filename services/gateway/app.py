"""The gateway's HTTP process: its own routes, and everything else handed over to the service that owns the path."""

from functools import partial

from fastapi import FastAPI

from services.gateway.api import accounts, api_clients, description, oauth, sessions, tenant
from services.gateway.clients.description import Description
from services.gateway.clients.forwarding import Forwarding
from services.gateway.clients.upstream import Upstreams, require_ready
from services.gateway.wiring import SERVICE, Wiring
from shared.kit.http.app import create_app

_NOUNS = (oauth, sessions, tenant, accounts, api_clients, description)


def build_app(wiring: Wiring, upstreams: Upstreams) -> FastAPI:
    app = create_app(
        SERVICE,
        wiring,
        [noun.router for noun in _NOUNS],
        probes=[partial(require_ready, upstreams)],
        queries=wiring.queries,
        credentials=wiring.credentials,
        issuer=wiring.issuer,
        jwks=wiring.jwks,
    )
    app.state.description = Description(upstreams, own=app.openapi)
    app.router.default = Forwarding(upstreams, otherwise=app.router.default)
    return app
