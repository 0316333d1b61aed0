"""The gateway's settings."""

from pathlib import Path

from shared.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    signing_key_file: Path
    """PEM of the Ed25519 key that signs access tokens; its file name is the key's id."""
