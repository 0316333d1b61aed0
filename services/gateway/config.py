"""The gateway's settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from shared.kit.settings import ServiceSettings


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must look like http://host:port")
    return url.rstrip("/")


Origin = Annotated[str, AfterValidator(_origin)]
"""Where a service listens, without a path."""


class Settings(ServiceSettings):
    signing_key_file: Path
    """PEM of the Ed25519 key that signs access tokens; its file name is the key's id."""
    upstreams: Mapping[str, Origin] = {}
    """`{"archive": "http://host:port", …}` where services are processes of their own; empty where they share ours."""
