"""What an endpoint refuses is tried again, for as long as that may help."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from aiohttp import web

from services.notifier.wiring import Wiring
from tests.factories.notifier import make_scores_changed, tell_notifier
from tests.factories.waiting import eventually
from tests.factories.webhooks import Subscriber, dispatching, make_hook

pytestmark = pytest.mark.anyio


async def test_a_failing_endpoint_is_tried_again_until_it_accepts(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/flaky"))
    subscriber.answers["/flaky"] = iter([web.Response(status=500, text="not\x00 yet"), web.Response(status=302)])
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())
        await hook.becomes("delivered")
    assert len(set(subscriber.ids("/flaky"))) == 1
    assert len(subscriber.verified(hook, "/flaky")) == 3
    (delivery,) = await hook.deliveries()
    attempts = [(attempt["number"], attempt["status"], attempt["response"]) for attempt in delivery["attempts"]]
    assert attempts == [(1, 500, "not yet"), (2, 302, ""), (3, 204, "")]


async def test_what_is_never_accepted_is_dead_and_can_be_sent_again(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/dead"))
    subscriber.answers["/dead"] = iter([web.Response(status=500) for _ in range(3)])
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())
        await hook.becomes("dead")
        (dead,) = await hook.deliveries()
        resent = await client.post(f"{hook.url}/deliveries/{dead['id']}/resend", headers=hook.headers)
        assert (resent.status_code, resent.json()["message_id"]) == (201, dead["message_id"])
        await hook.becomes("dead", "delivered")
    assert subscriber.ids("/dead") == [dead["message_id"]] * 4
    assert len(set(subscriber.bodies)) == 1


async def test_retry_after_is_honoured(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/busy"))
    subscriber.answers["/busy"] = iter([web.Response(status=503, headers={"Retry-After": "3600"})])
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())

        async def tried() -> bool:
            return bool((await hook.deliveries())[0]["attempts"])

        await eventually(tried)
    (delivery,) = await hook.deliveries()
    wait = datetime.fromisoformat(delivery["due_at"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < wait <= timedelta(hours=1)


async def test_an_endpoint_that_is_gone_is_disabled(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/gone"))
    subscriber.answers["/gone"] = iter([web.Response(status=410)])
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())
        await hook.becomes("dead")
    read = await hook.read()
    assert (read["enabled"], read["disabled_reason"]) == (False, "gone")
    await tell_notifier(wiring, tenant_id, make_scores_changed())
    assert await hook.states() == ["dead"]
    for path in ("test", f"deliveries/{(await hook.deliveries())[0]['id']}/resend"):
        refused = await client.post(f"{hook.url}/{path}", headers=hook.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    enabled = await client.patch(hook.url, json={"enabled": True}, headers=hook.headers)
    assert (enabled.json()["enabled"], enabled.json()["disabled_reason"]) == (True, None)
