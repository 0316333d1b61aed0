"""Full bodies carry scores: only who may read scores decides where they go."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notifier.wiring import Wiring
from tests.factories.access import make_admin, make_client
from tests.factories.installation import bearer
from tests.factories.notifier import make_scores_changed, tell_notifier
from tests.factories.webhooks import make_hook

pytestmark = pytest.mark.anyio
URL = "https://hr.example.com/steelyard"
BODY = {"url": URL, "event_types": ["score.changed.v1"]}
REFUSED = (403, "full_payload_not_permitted")


def outcome(response: httpx.Response) -> Any:
    return response.status_code if response.is_success else (response.status_code, response.json()["code"])


async def test_full_bodies_are_chosen_by_who_may_read_scores(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    async def create(*scopes: str, payload: str = "full") -> Any:
        headers = bearer(make_client(tenant_id, *scopes))
        return outcome(await client.post("/v1/webhooks", json={**BODY, "payload": payload}, headers=headers))

    assert await create("webhooks:write") == REFUSED
    assert await create("webhooks:write", payload="thin") == 201
    assert await create("webhooks:write", "scores:read") == 201
    admin = bearer(make_admin(tenant_id))
    assert outcome(await client.post("/v1/webhooks", json={**BODY, "payload": "full"}, headers=admin)) == 201


async def test_what_was_full_is_led_nowhere_else(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> None:
    hook = await make_hook(client, tenant_id, URL, payload="full")
    await tell_notifier(wiring, tenant_id, make_scores_changed())
    (waiting,) = await hook.deliveries()
    sly = bearer(make_client(tenant_id, "webhooks:write"))

    async def patch(headers: dict[str, str], **fields: Any) -> Any:
        return outcome(await client.patch(hook.url, json=fields, headers=headers))

    assert await patch(sly, url="https://elsewhere.example.com") == REFUSED
    assert await patch(sly, payload="thin", url="https://elsewhere.example.com") == REFUSED
    assert await patch(hook.headers, payload="thin") == 200
    assert await hook.states() == ["skipped"]
    assert await patch(sly, url="https://elsewhere.example.com") == 200
    assert await patch(sly, payload="full") == REFUSED
    again = f"{hook.url}/deliveries/{waiting['id']}/resend"
    assert outcome(await client.post(again, headers=sly)) == REFUSED
    assert outcome(await client.post(again, headers=hook.headers)) == (409, "delivery_unwanted")
    assert await patch(hook.headers, payload="full") == 200
    assert outcome(await client.post(again, headers=hook.headers)) == 201
