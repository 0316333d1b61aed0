"""`steelyard listen`: what a sandbox would have sent comes to a machine that nobody reaches, signed the same."""

import asyncio
from uuid import UUID

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from deploy.errors import DeployError
from deploy.listening import listening
from services.notifier.app import build_app
from services.notifier.domain.endpoint import LISTENER
from services.notifier.wiring import Wiring
from tests.factories.access import make_admin, make_client, token_of
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.notifier import make_change, make_scores_changed, tell_notifier
from tests.factories.serving import serving_whole
from tests.factories.tenancy import make_tenant
from tests.factories.webhooks import Subscriber, dispatching

pytestmark = pytest.mark.anyio
WANTED = {"url": LISTENER, "event_types": ["score.changed.v1"]}


async def test_events_are_heard_verified_and_forwarded_as_the_sender_would(
    wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    change, token = make_change(), token_of(make_admin(tenant_id))
    types = ["score.changed.v1"]
    async with serving_whole(build_app(wiring)) as url, dispatching(wiring):
        opened = listening(url, token, types=types, forward_to=subscriber.at("/hook"))
        listener = await asyncio.to_thread(opened.__enter__)
        await tell_notifier(wiring, tenant_id, make_scores_changed(change))
        (heard,) = await asyncio.to_thread(lambda: list(listener.hear()))
        assert await asyncio.to_thread(lambda: list(listener.hear())) == []
        await asyncio.to_thread(opened.__exit__, None, None, None)
        async with httpx.AsyncClient(base_url=url, headers=bearer(make_admin(tenant_id))) as client:
            assert (await client.get("/v1/webhooks")).json()["data"] == []
    assert (heard.verified, heard.answer) == (True, "→ 204")
    assert heard.event["data"]["scorecard_id"] == str(change.scorecard_id)
    (request,), (body,) = subscriber.requests, subscriber.bodies
    assert Webhook(listener.secret).verify(body, dict(request.headers))["id"] == heard.event["id"]
    assert request.headers["content-type"].startswith("application/")


async def test_only_a_sandbox_has_listeners(client: httpx.AsyncClient, installation: Installation) -> None:
    company = make_tenant(sandbox=False)
    await announce_tenant(installation, company)
    refused = await client.post("/v1/webhooks", json=WANTED, headers=bearer(make_admin(company.tenant_id)))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_a_sandbox")


async def test_a_listener_has_no_url_and_a_url_no_listener(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    admin = bearer(make_admin(tenant_id))
    listener = (await client.post("/v1/webhooks", json=WANTED, headers=admin)).json()
    public = {"url": "https://hr.example.com/hook", "event_types": ["score.changed.v1"]}
    hook = (await client.post("/v1/webhooks", json=public, headers=admin)).json()
    moved = await client.patch(f"/v1/webhooks/{listener['id']}", json={"url": public["url"]}, headers=admin)
    turned = await client.patch(f"/v1/webhooks/{hook['id']}", json={"url": LISTENER}, headers=admin)
    fetched = await client.post(f"/v1/webhooks/{hook['id']}/deliveries/fetch", json={}, headers=admin)
    assert (moved.status_code, moved.json()["code"]) == (409, "webhook_is_listener")
    assert turned.status_code == 422
    assert (fetched.status_code, fetched.json()["code"]) == (409, "not_a_listener")


async def test_full_bodies_are_for_who_reads_scores(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    admin = bearer(make_admin(tenant_id))
    listener = (await client.post("/v1/webhooks", json={**WANTED, "payload": "full"}, headers=admin)).json()
    system = bearer(make_client(tenant_id, "webhooks:write"))
    refused = await client.post(f"/v1/webhooks/{listener['id']}/deliveries/fetch", json={}, headers=system)
    assert (refused.status_code, refused.json()["code"]) == (403, "full_payload_not_permitted")


async def test_a_refusal_is_said_in_a_sentence(wiring: Wiring, tenant_id: UUID) -> None:
    async with serving_whole(build_app(wiring)) as url:
        opened = listening(url, token_of(make_client(tenant_id)), types=["score.changed.v1"], forward_to=None)
        with pytest.raises(DeployError, match="403 not_permitted"):
            await asyncio.to_thread(opened.__enter__)
