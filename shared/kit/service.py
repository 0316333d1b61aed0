"""The loops every service's worker has: relay, consumer, gauges, a keeper that forgets; and timers by tenant."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from shared.contracts.work import Work
from shared.core.errors import TenantGone
from shared.kit.auth.revocations import forget_revocations
from shared.kit.bus.port import Bus
from shared.kit.consumer import Consumer
from shared.kit.holdings.erasing import erase_pending
from shared.kit.holdings.tables import Holdings
from shared.kit.http.answers import forget_answers
from shared.kit.measuring import measure
from shared.kit.relay import Relay
from shared.kit.subscriptions import Subscriptions
from shared.kit.tenancy import active_tenant_ids, tenant_ids
from shared.kit.unit_of_work import U, Works
from shared.kit.worker import Loop, every

MEASURING_INTERVAL = timedelta(seconds=10)
ERASING_INTERVAL = timedelta(seconds=2)


def service_loops(
    service: str, bus: Bus, works: Works[Any], subscriptions: Subscriptions, holdings: Holdings
) -> Sequence[Loop]:
    """Give the common loops of one service; its worker adds timers of its own."""
    relay = Relay(works.database, bus)
    consumer = Consumer(bus, works, subscriptions, group=service)

    async def forget() -> None:
        await relay.forget()
        await consumer.forget()
        await forget_answers(works.database, await tenant_ids(works.database))
        await forget_revocations(works.database)

    return (
        Loop(f"{service}.relay", relay.run, tells=True),
        Loop(f"{service}.consumer", consumer.run),
        every(f"{service}.forget", timedelta(hours=1), forget),
        every(f"{service}.erase", ERASING_INTERVAL, partial(erase_pending, holdings)),
        every(f"{service}.measure", MEASURING_INTERVAL, partial(measure, service, works.database, bus, consumer)),
    )


def every_tenant(
    name: str,
    interval: timedelta,
    works: Works[U],
    action: Callable[[Work[U]], Awaitable[object]],
    *,
    among: Callable[[], Awaitable[Sequence[UUID]]] | None = None,
) -> Loop:
    """Make a timer that does `action` in each tenant that is not suspended, or in those `among` names at the time.

    What fails in one does not keep the others waiting. A suspended one is left as it is; what fell due meanwhile is
    done once it is resumed.
    """
    named = among or partial(active_tenant_ids, works.database)

    async def in_each_tenant() -> None:
        failures: list[Exception] = []
        for tenant_id in await named():
            try:
                await action(works.of(tenant_id))
            except TenantGone:
                continue
            except Exception as error:  # noqa: BLE001 -- raised below, once every tenant had its turn
                failures.append(error)
        if failures:
            raise ExceptionGroup(f"{name} failed in {len(failures)} tenants", failures)

    return every(name, interval, in_each_tenant)
