"""The gateway's settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, NonNegativeInt, PositiveFloat, PositiveInt, RedisDsn

from services.gateway.domain.rate_limit import Kind, Quota, Quotas
from shared.kit.settings import ServiceSettings

_PORTS = 65536


def _origin(url: str) -> str:
    parts = urlsplit(url)
    beyond = parts.path.strip("/") or parts.query or parts.fragment or "*" in url
    if parts.scheme not in {"http", "https"} or not parts.hostname or beyond:
        raise ValueError("must look like http://host:port")
    return url.rstrip("/")


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < _PORTS:
        raise ValueError("must look like host:port")
    return text


Origin = Annotated[str, AfterValidator(_origin)]
"""Where a service listens, without a path."""

RATE_LIMITS: Quotas = {
    "reads": Quota(6_000, seconds=60),
    "writes": Quota(3_000, seconds=60),
    "ingest": Quota(1_200, seconds=60),
    "logins": Quota(60, seconds=60),
}
"""For each account or client, log-ins for each address; ingest counts batches, of a thousand items at most."""


class Settings(ServiceSettings):
    secrets_key_file: Path
    """The keys under which second factors are sealed: `{"active": name, "keys": {name: 32 bytes in base64}}`."""
    signing_key_file: Path
    """PEM of the Ed25519 key that signs access tokens; its file name is the key's id."""
    audit_dir: Path
    """Folder outside of the database where signed checkpoints of the audit log are laid; copy them elsewhere."""
    upstreams: Mapping[str, Origin] = {}
    """`{"archive": "http://host:port", …}` where services are processes of their own; empty where they share ours."""
    erasure_wait_days: NonNegativeInt = 7
    """How long the order to erase a company waits, and can be called off, where it comes by the API."""
    rate_limits: Annotated[Mapping[Kind, Quota], AfterValidator(lambda given: {**RATE_LIMITS, **given})] = RATE_LIMITS
    """`{"reads": {"amount": 600, "seconds": 60}, …}`: those that differ from `RATE_LIMITS`."""
    rate_limit_url: RedisDsn | None = None
    """`redis://host:port` where gateways shall count together; else they do in the database."""
    requests_in_flight: PositiveInt = 64
    """Requests of one caller that a gateway process works on at the same time."""
    request_seconds: PositiveFloat = 60
    """A request whose answer has not begun by then is given up."""
    public_url: Origin | None = None
    """By which URL people's browsers reach the gateway, such as `https://hr.example.com`; else the one they asked."""
    dangerous_allow_private_targets: bool = False
    """Let identity providers have any address and speak plain http; for sandboxes and tests on one machine only."""
    cors_origins: frozenset[Origin] = frozenset()
    """Exact origins, such as `["https://people.example.com"]`, whose scripts may ask; by default none."""
    metrics_address: Annotated[str, AfterValidator(_address)] | None = None
    """`host:port` on which Prometheus finds this process' metrics; none by default, and never where the world asks."""
    https_only_seconds: NonNegativeInt = 0
    """For how long browsers shall insist on HTTPS; set it once all of the host is reached that way."""
