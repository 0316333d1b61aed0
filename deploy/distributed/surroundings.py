"""What a service's processes are told about the world, as environment variables: nothing else configures them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.standalone.secrets import Keys

POOL = 8
"""Connections that each of ten processes may hold; with one more for each relay, and some for an operator's chores,
PostgreSQL's hundred suffice."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the processes of one installation find what they need."""

    databases: Mapping[str, str]
    """URL of each service's runtime role."""
    bus: str
    """URL of the bus."""
    upstreams: Mapping[str, str]
    """Base URL of each service behind the gateway."""
    keys: Keys
    audit: Path
    """Folder of the audit log's checkpoints."""

    def environment_of(self, service: str) -> dict[str, str]:
        """Give the variables that both processes of a service read."""
        own = {
            "gateway": {
                "STEELYARD_SECRETS_KEY_FILE": str(self.keys.sealing),
                "STEELYARD_SIGNING_KEY_FILE": str(self.keys.signing),
                "STEELYARD_AUDIT_DIR": str(self.audit),
                "STEELYARD_UPSTREAMS": json.dumps(dict(self.upstreams)),
            },
            "notifier": {"STEELYARD_SECRETS_KEY_FILE": str(self.keys.sealing)},
        }
        return {
            "STEELYARD_DATABASE_URL": self.databases[service],
            "STEELYARD_DATABASE_POOL": str(POOL),
            "STEELYARD_BUS_URL": self.bus,
            "STEELYARD_JWKS_FILE": str(self.keys.jwks),
            **own.get(service, {}),
        }
