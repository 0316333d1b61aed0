"""The notifier's settings."""

from pathlib import Path

from shared.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    secrets_key_file: Path
    """The keys under which webhook secrets are sealed: `{"active": name, "keys": {name: 32 bytes in base64}}`."""
    dangerous_allow_private_targets: bool = False
    """Let webhooks go to any address and over plain http; for sandboxes and tests on one machine only."""
