"""What nobody needs any more is not sent, and what is old not kept."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text

from services.notifier.usecases.forget_messages import forget_messages
from services.notifier.wiring import Wiring
from tests.factories.notifier import make_change, make_score_published, make_scores_changed, tell_notifier
from tests.factories.waiting import eventually
from tests.factories.webhooks import Subscriber, dispatching, make_hook

pytestmark = pytest.mark.anyio


async def test_a_newer_score_makes_an_older_unsent_one_needless(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/newest"))
    first = make_change(sequence=1)
    twice = [make_scores_changed(first.model_copy(update={"sequence": sequence})) for sequence in (2, 3)]
    await tell_notifier(wiring, tenant_id, make_scores_changed(first))
    await tell_notifier(wiring, tenant_id, *twice)
    assert [(row["sequence"], row["state"]) for row in await hook.deliveries()] == [(1, "skipped"), (3, "pending")]
    async with dispatching(wiring):
        await hook.becomes("skipped", "delivered")
    assert [event["sequence"] for event in subscriber.verified(hook, "/newest")] == ["3"]


async def test_what_waits_is_skipped_once_it_is_unwanted(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    both = ["score.changed.v1", "score.published.v1"]
    hook = await make_hook(client, tenant_id, subscriber.at("/unwanted"), event_types=both)
    await tell_notifier(wiring, tenant_id, make_scores_changed(), make_score_published())
    await client.patch(hook.url, json={"event_types": both[1:]}, headers=hook.headers)
    assert await hook.states() == ["skipped", "pending"]
    await client.patch(hook.url, json={"enabled": False}, headers=hook.headers)
    assert await hook.states() == ["skipped", "skipped"]


async def test_an_older_score_in_back_off_is_not_retried_once_a_newer_is_queued(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    subscriber.gates["/overtaken"] = asyncio.Event()
    hook = await make_hook(client, tenant_id, subscriber.at("/overtaken"))
    subscriber.answers["/overtaken"] = iter([web.Response(status=500)])
    change = make_change(sequence=1)
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed(change))

        async def in_hand() -> bool:
            return bool(subscriber.ids("/overtaken"))

        await eventually(in_hand)
        await tell_notifier(wiring, tenant_id, make_scores_changed(change.model_copy(update={"sequence": 2})))
        subscriber.gates["/overtaken"].set()
        await hook.becomes("skipped", "delivered")
    states = {delivery["sequence"]: delivery["state"] for delivery in await hook.deliveries()}
    assert states == {1: "skipped", 2: "delivered"}


@pytest.mark.parametrize("changes", [{"payload": "thin"}, {"event_types": ["score.published.v1"]}])
async def test_what_is_in_hand_is_not_retried_once_it_is_unwanted(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID, changes: dict[str, Any]
) -> None:
    subscriber.gates["/in-hand"] = asyncio.Event()
    subscriber.answers["/in-hand"] = iter([web.Response(status=500)])
    hook = await make_hook(client, tenant_id, subscriber.at("/in-hand"), payload="full")
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())

        async def in_hand() -> bool:
            return bool(subscriber.ids("/in-hand"))

        await eventually(in_hand)
        changed = await client.patch(hook.url, json=changes, headers=hook.headers)
        assert changed.status_code == 200
        subscriber.gates["/in-hand"].set()
        await hook.becomes("skipped")
    assert len(subscriber.ids("/in-hand")) == 1


async def test_old_messages_are_forgotten_with_their_log(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/old"))
    await tell_notifier(wiring, tenant_id, make_scores_changed(), make_scores_changed())
    async with dispatching(wiring):
        await hook.becomes("delivered", "delivered")
    old = (await hook.deliveries())[0]
    async with wiring.database.transaction(tenant_id) as tx:
        age = text("UPDATE messages SET stored_at = stored_at - interval '31 days' WHERE id = :id")
        await tx.execute(age, {"id": old["message_id"]})
        await tx.commit()
    await forget_messages(wiring.works.of(tenant_id))
    (left,) = await hook.deliveries()
    assert left["id"] != old["id"]
