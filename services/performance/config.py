"""The performance engine's settings."""

from shared.kit.settings import ServiceSettings


class Settings(ServiceSettings):
    pass
