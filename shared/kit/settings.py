"""Settings every service reads from the environment, in its `config.py` and nowhere else."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Where a service finds its database, the bus, and the keys that verify tokens."""

    model_config = SettingsConfigDict(env_prefix="STEELYARD_", extra="ignore", frozen=True)

    database_url: str
    """`postgresql+asyncpg://…` of the service's runtime role."""
    database_pool: int = 10
    """Connections a process may hold."""
    bus_url: str
    """`kafka://host:port[,host:port]`, or `postgresql+asyncpg://…` of the log in PostgreSQL."""
    jwks_file: Path
    """JWK set of the gateway's public keys."""
