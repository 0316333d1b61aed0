"""The notifier's worker process: its relay, consumer and timers, and the dispatcher of webhooks."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from services.notifier.events.subscriptions import SUBSCRIPTIONS
from services.notifier.usecases.forget_changes import forget_changes
from services.notifier.usecases.forget_messages import forget_messages
from services.notifier.wiring import SERVICE, Wiring
from shared.kit.service import every_tenant, service_loops
from shared.kit.worker import Loop


def build_loops(wiring: Wiring) -> Sequence[Loop]:
    async def dispatch(stop: asyncio.Event) -> None:
        async with wiring.dispatcher() as dispatcher:
            await dispatcher.run(stop)

    return (
        *service_loops(SERVICE, wiring.bus, wiring.works, SUBSCRIPTIONS, wiring.holdings),
        Loop(f"{SERVICE}.dispatch", dispatch),
        every_tenant(f"{SERVICE}.forget_messages", timedelta(hours=1), wiring.works, forget_messages),
        every_tenant(
            f"{SERVICE}.forget_changes",
            timedelta(hours=1),
            wiring.works,
            partial(forget_changes, keep=wiring.changes_kept),
        ),
    )
