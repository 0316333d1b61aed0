"""The loops every service's worker has: relay, consumer, and the keepers that forget what is old."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from shared.kit.bus.port import Bus
from shared.kit.consumer import Consumer, Subscriptions
from shared.kit.http.answers import forget_answers
from shared.kit.relay import Relay
from shared.kit.unit_of_work import Works
from shared.kit.worker import Loop, every


def service_loops(service: str, bus: Bus, works: Works[Any], subscriptions: Subscriptions) -> Sequence[Loop]:
    """Give the common loops of one service; its worker adds timers of its own."""
    relay = Relay(works.database, bus)
    consumer = Consumer(bus, works, subscriptions, group=service)

    async def forget() -> None:
        await relay.forget()
        await consumer.forget()
        await forget_answers(works)

    return (
        Loop(f"{service}.relay", relay.run),
        Loop(f"{service}.consumer", consumer.run),
        every(f"{service}.forget", timedelta(hours=1), forget),
    )
