"""One service wired from this process's environment."""

from importlib import import_module
from typing import Any

from pydantic import ValidationError

from deploy.errors import DeployError


def wired(service: str) -> Any:  # noqa: ANN401 -- each has its own wiring
    """Read the service's settings and wire it; nothing is connected yet.

    Raises DeployError naming the variables that are missing or wrong, and never what they say.
    """
    config = import_module(f"services.{service}.config")
    try:
        settings = config.Settings()
    except ValidationError as error:
        lines = [f"STEELYARD_{'.'.join(map(str, line['loc'])).upper()}: {line['msg']}" for line in error.errors()]
        raise DeployError(f"The environment does not suffice: {'; '.join(lines)}") from None
    return import_module(f"services.{service}.wiring").wire(settings)
