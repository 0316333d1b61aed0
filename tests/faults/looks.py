"""Looks at what is in flight: a fault that hits nothing proves nothing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import psutil

from tests.faults.direct import Away
from tests.faults.herd import Program
from tests.faults.scene import Scene

Hit = dict[str, int]
"""What a fault struck, by kind; kinds of which there was nothing are left out."""


async def in_hand_of(scene: Scene, program: Program, process: psutil.Process, *, stopped_at: float) -> Hit:
    """Look at a stopped process: its own open transactions, and what waits for it.

    Requests, the rows to publish of whoever holds the relay's lock, messages and deliveries. Of two workers nobody can
    tell from outside which has what of the latter; then they are told apart as those of both. Gives nothing where
    PostgreSQL does not answer.
    """
    try:
        ports = await _server_ports(scene, process)
        transactions = await scene.stack.direct.transactions(ports)
        if program.kind == "app":
            return seen(transactions=transactions, requests=scene.traffic.waiting(program.service, since=stopped_at))
        unpublished = await _waiting_for_relay(scene, program.service, ports)
        leased = (await scene.stack.direct.deliveries()).get("leased", 0) if program.service == "notifier" else 0
    except Away:
        return {}
    shared = len(scene.stack.herd.names(kind="worker", service=program.service)) > 1
    lag, leases = ("unconsumed by its group", "leased by its service") if shared else ("unconsumed", "leased")
    own = {"transactions": transactions, "unpublished": unpublished}
    return seen(**own, **{lag: scene.stack.watch.lag(program.service), leases: leased})


async def _waiting_for_relay(scene: Scene, service: str, ports: Sequence[int]) -> int:
    """Count the rows that wait for a process: none where another one holds the relay's lock."""
    if not await scene.stack.direct.relays(ports):
        return 0
    return (await scene.stack.direct.outbox())[service].waiting


async def _server_ports(scene: Scene, process: psutil.Process) -> list[int]:
    """Find by which ports PostgreSQL knows the connections of a process, which come through the proxy."""
    pairs: Mapping[int, int] = await scene.stack.proxies.pairs("postgres")
    with suppress(psutil.Error):
        mine = {connection.laddr.port for connection in process.net_connections("tcp")}
        return [server for client, server in pairs.items() if client in mine]
    return []


def seen(**counts: int) -> Hit:
    """Keep what there is any of."""
    return {kind: count for kind, count in counts.items() if count}


def describe(hit: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in hit.items())
