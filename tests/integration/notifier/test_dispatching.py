"""Dispatchers lease what they send: nothing is lost, sent by two at once, or kept waiting by another endpoint."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text

from services.notifier.domain.delivery import Outcome, Parcel
from services.notifier.usecases.ports import Bell, DeliveryQueue
from services.notifier.wiring import Wiring
from tests.factories.notifier import make_change, make_scores_changed, tell_notifier
from tests.factories.waiting import eventually
from tests.factories.webhooks import BRISK, Subscriber, dispatcher_of, dispatching, make_hook

pytestmark = pytest.mark.anyio


@dataclass
class DyingQueue:
    """A queue whose process dies after sending, before it could record."""

    inner: DeliveryQueue

    def listen(self) -> AbstractAsyncContextManager[Bell]:
        return self.inner.listen()

    async def claim(self, *, room: int, slots: int, lease: timedelta) -> Sequence[Parcel]:
        return await self.inner.claim(room=room, slots=slots, lease=lease)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            raise ConnectionResetError("died")

    async def release(self, parcels: Sequence[Parcel]) -> None:
        raise ConnectionResetError(f"died with {len(parcels)} unsent")


async def test_a_crash_between_send_and_record_sends_again_under_the_same_id(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/crash"))
    await tell_notifier(wiring, tenant_id, make_scores_changed())
    brief = replace(BRISK, lease=timedelta(seconds=0.3))
    async with dispatcher_of(wiring, queue=DyingQueue(wiring.deliveries), limits=brief) as dying:
        with pytest.raises(ConnectionResetError):
            await dying.run(asyncio.Event())
    assert await hook.states() == ["leased"]
    async with dispatching(wiring, limits=brief):
        await hook.becomes("delivered")
    assert len(subscriber.ids("/crash")) == 2
    assert len(set(subscriber.ids("/crash"))) == 1
    assert len((await hook.deliveries())[0]["attempts"]) == 1


async def test_only_the_holder_of_the_lease_records(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/lease"))
    await tell_notifier(wiring, tenant_id, make_scores_changed())

    async def claim(lease: timedelta) -> Parcel:
        parcels = await wiring.deliveries.claim(room=1000, slots=1000, lease=lease)
        return next(parcel for parcel in parcels if str(parcel.endpoint_id) == hook.id)

    lost = await claim(timedelta(0))
    held = await claim(timedelta(minutes=1))
    await wiring.deliveries.settle([Outcome(lost, "dead")])
    await wiring.deliveries.release([lost])
    assert await hook.states() == ["leased"]
    await wiring.deliveries.settle([Outcome(held, "delivered")])
    assert await hook.states() == ["delivered"]


async def test_two_dispatchers_never_send_the_same_at_once(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/two"))
    subscriber.answers["/two"] = iter([web.Response(status=500) for _ in range(60)])
    async with dispatching(wiring), dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed(*(make_change() for _ in range(200))))
        await hook.becomes(*["delivered"] * 200)
    assert subscriber.most_held == 1
    assert len(subscriber.ids("/two")) == 260


async def test_a_hanging_endpoint_keeps_no_other_waiting(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    subscriber.gates["/hangs"] = asyncio.Event()
    hanging = await make_hook(client, tenant_id, subscriber.at("/hangs"))
    other = await make_hook(client, tenant_id, subscriber.at("/works"))
    narrow = replace(BRISK, room=6, slots=3)
    async with dispatching(wiring, limits=narrow):
        await tell_notifier(wiring, tenant_id, make_scores_changed(*(make_change() for _ in range(40))))
        await other.becomes(*["delivered"] * 40)
        assert (await hanging.states()).count("leased") == 3
        subscriber.gates["/hangs"].set()
        await hanging.becomes(*["delivered"] * 40)


async def test_what_one_endpoint_answers_stops_no_other(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    absurd = {"Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}
    subscriber.answers["/absurd"] = iter([web.Response(status=503, headers=absurd)])
    hostile = await make_hook(client, tenant_id, subscriber.at("/absurd"))
    other = await make_hook(client, tenant_id, subscriber.at("/next"))
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())
        await hostile.becomes("delivered")
        await other.becomes("delivered")


async def test_a_secret_that_no_key_opens_stops_no_other(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    """A backup restored without the keys of then; nothing is sent that nobody could verify."""
    locked = await make_hook(client, tenant_id, subscriber.at("/locked"))
    other = await make_hook(client, tenant_id, subscriber.at("/open"))
    async with wiring.database.transaction(tenant_id) as tx:
        broken = text("UPDATE secrets SET value = 'sealed elsewhere' WHERE endpoint_id = :id")
        await tx.execute(broken, {"id": UUID(locked.id)})
        await tx.commit()
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())
        await other.becomes("delivered")
        await locked.becomes("dead")
    assert subscriber.ids("/locked") == []
    assert {attempt["error"] for attempt in (await locked.deliveries())[0]["attempts"]} == {"secret_unsealable"}


async def test_a_stop_gives_back_at_once_what_was_not_sent(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    subscriber.gates["/slow"] = asyncio.Event()
    hook = await make_hook(client, tenant_id, subscriber.at("/slow"))
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())

        async def in_hand() -> bool:
            return bool(subscriber.ids("/slow"))

        await eventually(in_hand)
    (delivery,) = await hook.deliveries()
    assert (delivery["state"], delivery["attempts"]) == ("pending", [])
    assert datetime.fromisoformat(delivery["due_at"]) <= datetime.now(UTC)


async def test_a_commit_wakes_the_dispatcher_at_once(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/woken"))
    patient = replace(BRISK, poll=timedelta(minutes=5))
    async with dispatching(wiring, limits=patient):
        for expected in range(1, 4):
            await client.post(f"{hook.url}/test", headers=hook.headers)
            await hook.becomes(*["delivered"] * expected)
