"""The notifier's settings."""

from pathlib import Path

from pydantic import Field

from shared.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    secrets_key_file: Path
    """The keys under which webhook secrets are sealed: `{"active": name, "keys": {name: 32 bytes in base64}}`."""
    dangerous_allow_private_targets: bool = False
    """Let webhooks go to any address and over plain http; for sandboxes and tests on one machine only."""
    changes_kept_days: int = Field(default=30, ge=1)
    """How long `/v1/changes` goes back; cursors of before are answered with 410."""
