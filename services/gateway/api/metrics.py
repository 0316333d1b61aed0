"""Metrics of this process, on a port of their own: who asks the API has no business there."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server


@contextmanager
def metrics_shown(address: str | None) -> Iterator[None]:
    """Show them at `host:port` as long as this lasts; without an address nowhere."""
    if address is None:
        yield
        return
    host, _, port = address.rpartition(":")
    server, thread = start_http_server(int(port), host)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
