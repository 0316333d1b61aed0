"""The connector's worker process: its relay, consumer and timers."""

from collections.abc import Sequence
from datetime import timedelta

from services.connector.events.subscriptions import SUBSCRIPTIONS
from services.connector.usecases.announce_silence import announce_silence
from services.connector.wiring import SERVICE, Wiring
from shared.kit.service import every_tenant, service_loops
from shared.kit.worker import Loop


def build_loops(wiring: Wiring) -> Sequence[Loop]:
    return (
        *service_loops(SERVICE, wiring.bus, wiring.works, SUBSCRIPTIONS, wiring.holdings),
        every_tenant(f"{SERVICE}.silence", timedelta(minutes=1), wiring.works, announce_silence),
    )
