"""The five services wired for one machine: each with its own role in one database, all with the same keys."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from deploy.migrate import SERVICES
from deploy.standalone.database import runtime_urls
from deploy.standalone.secrets import keys
from deploy.standalone.settings import Settings
from shared.kit.bus.postgres.log import SCHEMA as BUS


def wire_services(settings: Settings, *, pool: int) -> dict[str, Any]:
    """Wire every service, by name; `pool` is the number of connections each may hold."""
    return {service: wire_service(settings, service, pool=pool) for service in SERVICES}


def wire_service(settings: Settings, service: str, *, pool: int) -> Any:  # noqa: ANN401 -- each has its own wiring
    """Wire one service; what is not decided here comes from its own environment variables."""
    config = import_module(f"services.{service}.config")
    wiring = import_module(f"services.{service}.wiring")
    return wiring.wire(config.Settings(**_decided(settings, service, pool=pool)))


def _decided(settings: Settings, service: str, *, pool: int) -> Mapping[str, object]:
    urls, files = runtime_urls(settings), keys(settings)
    own: Mapping[str, Mapping[str, object]] = {
        "gateway": {"secrets_key_file": files.sealing, "signing_key_file": files.signing, "audit_dir": settings.audit},
        "notifier": {"secrets_key_file": files.sealing},
    }
    common = {"database_url": urls[service], "bus_url": urls[BUS], "jwks_file": files.jwks, "database_pool": pool}
    return {**common, **own.get(service, {})}
