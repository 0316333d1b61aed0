"""The gateway's worker process: its relay, consumer and timers."""

from collections.abc import Sequence
from datetime import timedelta

from services.gateway.events.subscriptions import SUBSCRIPTIONS
from services.gateway.wiring import SERVICE, Wiring
from shared.kit.service import service_loops
from shared.kit.worker import Loop, every


def build_loops(wiring: Wiring) -> Sequence[Loop]:
    return (
        *service_loops(SERVICE, wiring.bus, wiring.works, SUBSCRIPTIONS),
        every(f"{SERVICE}.forget-quotas", timedelta(minutes=10), wiring.quota_windows.forget),
    )
