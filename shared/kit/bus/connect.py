"""Choosing the bus by its URL."""

from shared.kit.bus.kafka.bus import KafkaBus
from shared.kit.bus.port import Bus
from shared.kit.bus.postgres.bus import PostgresBus


def connect_bus(url: str) -> Bus:
    """Give the bus at `kafka://host:port[,host:port]` or, as a log in PostgreSQL, at `postgresql+asyncpg://…`.

    Nothing is connected yet. Raises ValueError for any other URL.
    """
    return KafkaBus(url) if url.startswith("kafka:") else PostgresBus(url)
