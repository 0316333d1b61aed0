"""The `web` process: the gateway on the one public port, and behind it all services in the same memory."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from importlib import import_module
from typing import Any

from fastapi import FastAPI

from deploy.standalone.process import keep_what_is_loaded, run_until_told
from deploy.standalone.server import Server
from deploy.standalone.services import wire_services
from deploy.standalone.settings import Settings

POOL = 8


def run(settings: Settings) -> None:
    run_until_told(partial(serve, settings))


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until told to stop; Starlette ignores the lifespans of applications behind another, so all begin here."""
    apps = assemble(wire_services(settings, pool=POOL))
    keep_what_is_loaded()
    async with AsyncExitStack() as stack:
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        await Server(apps["gateway"], host=settings.host, port=settings.port).serve_until(stop)


def assemble(wirings: Mapping[str, Any]) -> dict[str, FastAPI]:
    """Build every service's application from its wiring, with the gateway in front of the others."""
    behind: dict[str, FastAPI] = {
        service: import_module(f"services.{service}.app").build_app(wiring)
        for service, wiring in wirings.items()
        if service != "gateway"
    }
    return {**behind, "gateway": import_module("services.gateway.app").build_app(wirings["gateway"], dict(behind))}
