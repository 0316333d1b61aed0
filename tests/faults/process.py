"""One of the services' processes as production runs it, but for a bus and a queue that pass by named points.

`python -m tests.faults.process app|worker <service> <port> <folder of orders>`
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from deploy.distributed import app, worker
from deploy.distributed.wired import wired
from deploy.standalone.postgres import HOST
from shared.contracts.envelope import Head
from shared.contracts.observations import ObservationsRecorded
from shared.contracts.tenancy import TenantChanged
from shared.kit.db import Database
from shared.kit.faults import is_outage
from tests.faults.points import Orders, PointedBus, PointedQueue, Points
from tests.faults.watch import subscriptions_of

_WORTH_STRIKING = {
    "archive": frozenset({TenantChanged.event_type}),
    "performance": frozenset({ObservationsRecorded.event_type}),
}
"""Where not everything handled: the archive hears little else, and what is lost of observations nothing later hides."""
_FRESH = """
SELECT count(*) FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS came (event_id, tenant_id, sequence)
WHERE CASE WHEN sequence IS NULL
      THEN NOT EXISTS (SELECT FROM inbox WHERE consumer = $1 AND inbox.event_id = came.event_id)
      ELSE NOT EXISTS (SELECT FROM tenants WHERE id = came.tenant_id AND tenants.sequence >= came.sequence) END
"""
"""What is told of tenants every service keeps without its inbox, the newest of each."""


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
        fresh = partial(_fresh, wiring.database, service)
        parts: dict[str, object] = {"bus": PointedBus(wiring.bus, points, handled=handled, fresh=fresh)}
        if service == "notifier":
            parts["deliveries"] = PointedQueue(wiring.deliveries, points)
        return replace(wiring, **parts)

    return wire


async def _fresh(database: Database, group: str, heads: Sequence[Head]) -> int:
    """Count the events that a group has not taken in yet, 0 where the database is away."""
    ids, tenants = [head.id for head in heads], [head.tenantid for head in heads]
    sequences = [int(head.sequence) if head.type == TenantChanged.event_type else None for head in heads]
    try:
        async with database.transaction() as tx:
            driver = await tx.driver()
            return int(await driver.fetchval(_FRESH, group, ids, tenants, sequences))
    except Exception as error:
        if not is_outage(error):
            raise
        return 0


if __name__ == "__main__":
    main()
