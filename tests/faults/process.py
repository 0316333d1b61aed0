"""One of the services' processes as production runs it, but for a bus and a queue that pass by named points.

`python -m tests.faults.process app|worker <service> <port> <folder of orders>`
"""

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from deploy.distributed import app, worker
from deploy.distributed.wired import wired
from deploy.standalone.postgres import HOST
from shared.contracts.observations import ObservationsRecorded
from shared.contracts.tenancy import TenantChanged
from tests.faults.points import Orders, PointedBus, PointedQueue, Points
from tests.faults.watch import subscriptions_of

_WORTH_STRIKING = {
    "archive": frozenset({TenantChanged.event_type}),
    "performance": frozenset({ObservationsRecorded.event_type}),
}
"""Where not everything handled: the archive hears little else, and what is lost of observations nothing later hides."""


def main() -> None:
    kind, service, port, folder = sys.argv[1:]
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    if kind == "app":
        app.run(service, host=HOST, port=int(port))
        return
    vars(worker)["wired"] = _pointed(wired, Points(Orders(Path(folder)), service=service))
    worker.run(service, host=HOST, port=int(port))


def _leave_with_parent() -> None:
    """End once the pipe from whoever started this process ends, so that a killed test leaves nothing behind."""
    sys.stdin.read()
    os._exit(1)


def _pointed(as_always: Callable[[str], Any], points: Points) -> Callable[[str], Any]:
    """Wire as always, then put the decorators in place."""

    def wire(service: str) -> Any:
        wiring = as_always(service)
        handled = _WORTH_STRIKING.get(service) or frozenset(subscriptions_of(service).kinds)
        parts: dict[str, object] = {"bus": PointedBus(wiring.bus, points, handled=handled)}
        if service == "notifier":
            parts["deliveries"] = PointedQueue(wiring.deliveries, points)
        return replace(wiring, **parts)

    return wire


if __name__ == "__main__":
    main()
