"""Which Kafka, and how to get in: `kafka://[user:password@]host:port[,host:port…][?tls=true]`."""

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_SCHEME = "kafka"
REQUEST_SECONDS = 10
"""What a request to a broker may take before it counts as failed."""
METADATA_SECONDS = 5
"""How soon a client hears of topics that were made, and of brokers that came or went."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where to begin asking, and as whom."""

    servers: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False

    @classmethod
    def read(cls, url: str) -> "Cluster":
        """Read a URL. Raises ValueError where it names no Kafka."""
        parts = urlsplit(url)
        login, _, hosts = parts.netloc.rpartition("@")
        servers = tuple(filter(None, hosts.split(",")))
        if parts.scheme != _SCHEME or not servers or not all(_has_port(server) for server in servers):
            raise ValueError("must look like kafka://host:9092 or kafka://user:password@host:9092,other:9092?tls=true")
        user, _, password = login.partition(":")
        tls = parse_qs(parts.query).get("tls", ["false"])[-1].lower() in {"true", "1"}
        return cls(servers, unquote(user) or None, unquote(password) or None, tls)

    def options(self) -> dict[str, Any]:
        """Give what every aiokafka client takes; with a user it is SASL SCRAM-SHA-512."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "request_timeout_ms": REQUEST_SECONDS * 1000,
            "metadata_max_age_ms": METADATA_SECONDS * 1000,
            "security_protocol": ("SASL_" if self.user else "") + ("SSL" if self.tls else "PLAINTEXT"),
        }
        if self.tls:
            options["ssl_context"] = ssl.create_default_context()
        if self.user:
            options |= {
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return options


def _has_port(server: str) -> bool:
    host, _, port = server.rpartition(":")
    return bool(host) and port.isdigit()
