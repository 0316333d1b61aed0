"""The HTTP process of one service."""

import asyncio
from functools import partial
from importlib import import_module

from fastapi import FastAPI

from deploy.distributed.wired import wired
from deploy.standalone.process import keep_what_is_loaded, run_until_told
from deploy.standalone.server import Server


def run(service: str, *, host: str, port: int) -> None:
    run_until_told(partial(serve, service, host, port))


async def serve(service: str, host: str, port: int, stop: asyncio.Event) -> None:
    """Answer until told to stop; what the service depends on may come later."""
    app: FastAPI = import_module(f"services.{service}.app").build_app(wired(service))
    keep_what_is_loaded()
    async with app.router.lifespan_context(app):
        await Server(app, host=host, port=port).serve_until(stop)
