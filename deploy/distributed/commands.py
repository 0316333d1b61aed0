"""The processes of services as commands, and what prepares the world for them."""

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from deploy.standalone.settings import read_settings

Host = Annotated[str, typer.Option(help="The address to listen on; `0.0.0.0` lets other machines in.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]


class Service(StrEnum):
    ARCHIVE = "archive"
    CONNECTOR = "connector"
    PERFORMANCE = "performance"
    NOTIFIER = "notifier"
    GATEWAY = "gateway"


def add_to(program: typer.Typer) -> None:
    for command in (app, worker, topics, provision):
        program.command()(command)


def app(service: Service, *, port: Port, host: Host = "127.0.0.1") -> None:
    """Run the HTTP process of one service in the foreground, configured by STEELYARD_* variables alone."""
    _load("app").run(service.value, host=host, port=port)


def worker(service: Service, *, port: Port, host: Host = "127.0.0.1") -> None:
    """Run the worker of one service in the foreground; on its port it says how it is (/healthz, /readyz, /metrics)."""
    _load("worker").run(service.value, host=host, port=port)


def topics() -> None:
    """Create the topics that the bus does not have yet."""
    _load("topics").prepare(read_settings())


def provision(
    *,
    to: Annotated[Path, typer.Option(help="The folder that gets one folder for each service.")],
    upstream: Annotated[
        str, typer.Option(help="Where applications listen, with `{service}` for the name.")
    ] = "http://{service}:8000",
    seen_at: Annotated[
        Path | None, typer.Option(help="Where processes see that folder (else at the same path).")
    ] = None,
) -> None:
    """Write what each service's processes read as files, secrets included; nothing is connected to.

    DATABASE_URL and KAFKA_URL say where these are; a database without a password gets one.
    """
    _load("provision").provision(read_settings(), to=to, upstream=upstream, seen_at=seen_at)


def _load(name: str) -> ModuleType:
    """Load what a command needs when it runs."""
    return import_module(f"deploy.distributed.{name}")
