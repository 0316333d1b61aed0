"""One machine, two processes: `web` with all applications and `work` with all loops, over a log in PostgreSQL."""

import json
import sys
from collections.abc import Collection, Mapping
from importlib import import_module

from deploy.standalone.settings import Settings
from deploy.standalone.supervisor import Program

FRONT = "web"
NAMES = (FRONT, "work")


def programs(settings: Settings, given: Mapping[str, str], _running: Collection[str]) -> list[Program]:
    """Say what is to run; both find the rest by the settings they share with whoever starts them.

    They find database and keys once: where it has moved, or has other passwords, and where there is a newer key to sign
    with, they begin anew.
    """
    signing = import_module("deploy.standalone.secrets").keys(settings).signing
    finds = json.dumps([import_module("deploy.standalone.database").runtime_urls(settings), signing.name])
    command = (sys.executable, "-m", "deploy")
    environment = {**given, **_environment(settings)}
    return [
        Program(FRONT, (*command, "web", "--port", str(settings.port)), environment, finds),
        Program("work", (*command, "work"), environment, finds),
    ]


def probed(settings: Settings) -> dict[str, int]:
    """Give the ports whose `/readyz` says that all is ready, by name."""
    return {FRONT: settings.port}


def _environment(settings: Settings) -> dict[str, str]:
    own = {"STEELYARD_VAR": str(settings.var), "STEELYARD_HOST": settings.host}
    return own | ({"DATABASE_URL": settings.database_url} if settings.database_url else {})
