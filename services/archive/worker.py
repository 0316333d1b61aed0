"""The archive's worker process: its relay, consumer and timers."""

from collections.abc import Sequence

from services.archive.events.subscriptions import SUBSCRIPTIONS
from services.archive.wiring import SERVICE, Wiring
from shared.kit.service import service_loops
from shared.kit.worker import Loop


def build_loops(wiring: Wiring) -> Sequence[Loop]:
    return service_loops(SERVICE, wiring.bus, wiring.works, SUBSCRIPTIONS, wiring.holdings)
