"""Which bus carries the events of this installation."""

from deploy.kafka.broker import kafka_url
from deploy.standalone.database import runtime_urls
from deploy.standalone.settings import Settings
from shared.kit.bus.postgres.log import SCHEMA as BUS


def bus_url(settings: Settings) -> str:
    """Give the URL of the bus in use, starting what carries it where that is ours."""
    return kafka_url(settings) if settings.bus == "kafka" else runtime_urls(settings)[BUS]
