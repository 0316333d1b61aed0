"""Deliveries to a real server: who is sent what, in which words, and signed by which secrets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from services.notifier.wiring import Wiring
from shared.contracts.scores import Computed, ScoreChange, ScoresChanged
from tests.factories.notifier import make_change, make_score_published, make_scores_changed, tell_notifier
from tests.factories.webhooks import Subscriber, dispatching, make_hook

pytestmark = pytest.mark.anyio
SHOWN_ITEM = {
    "key": "sales",
    "metric": "sales",
    "name": "销售额",
    "weight": 6000,
    "state": "counted",
    "target": "1000000",
    "actual": "1260000.00",
    "points": "64",
    "role": "weighted",
    "segment": 0,
}


async def test_a_changed_score_arrives_thin_and_verifies(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/thin"))
    change = make_change(sequence=17)
    event = make_scores_changed(change)
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, event)
        await hook.becomes("delivered")
    (told,) = subscriber.verified(hook, "/thin")
    assert told["data"] == ids_of(change, event)
    assert subscriber.ids("/thin") == [told["id"]]
    assert {name: told[name] for name in ("specversion", "type", "subject", "tenantid", "sequence")} == {
        "specversion": "1.0",
        "type": "score.changed.v1",
        "subject": f"scorecards/{change.scorecard_id}",
        "tenantid": str(tenant_id),
        "sequence": "17",
    }


async def test_a_full_body_shows_the_numbers_under_the_same_id(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    thin = await make_hook(client, tenant_id, subscriber.at("/thin"))
    full = await make_hook(client, tenant_id, subscriber.at("/full"), payload="full")
    change = make_change()
    event = make_scores_changed(change, cause="target", reference="targets/1")
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, event)
        await thin.becomes("delivered")
        await full.becomes("delivered")
    (told,) = subscriber.verified(full, "/full")
    assert told["data"] == {
        **ids_of(change, event),
        "department_id": str(change.department_id),
        "previous": {"total": "63.40", "grade": "fair"},
        "current": {"total": "61.00", "grade": "fair"},
        "cause": {"kind": "target", "reference": "targets/1"},
        "before_veto": None,
        "items": [SHOWN_ITEM],
    }
    assert subscriber.ids("/thin") == subscriber.ids("/full") == [told["id"]]


def ids_of(change: ScoreChange, event: ScoresChanged) -> dict[str, str]:
    return {
        "scorecard_id": str(change.scorecard_id),
        "employee_id": str(change.employee_id),
        "cycle_id": str(event.cycle_id),
        "status": "provisional",
        "url": f"/v1/scorecards/{change.scorecard_id}",
    }


async def test_an_endpoint_hears_only_of_what_it_wants(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/"), event_types=["score.published.v1"])
    published = make_score_published()
    await tell_notifier(wiring, tenant_id, make_scores_changed(), published)
    assert [(row["event_type"], row["sequence"]) for row in await hook.deliveries()] == [("score.published.v1", 9)]


async def test_a_full_body_shows_what_was_computed_beside_what_is_calibrated(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    types = ["score.published.v1"]
    hook = await make_hook(client, tenant_id, subscriber.at("/full"), event_types=types, payload="full")
    computed = Computed(total=Decimal("55.00"), grade="poor")
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_score_published(computed=computed))
        await hook.becomes("delivered")
    (told,) = subscriber.verified(hook, "/full")
    shown = {name: told["data"][name] for name in ("current", "computed")}
    assert shown == {
        "current": {"total": "60.50", "grade": "fair"},
        "computed": {"total": "55.00", "grade": "poor"},
    }


async def test_a_run_over_many_employees_is_told_one_by_one(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/many"))
    changes = [make_change() for _ in range(150)]
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed(*changes))
        await hook.becomes(*["delivered"] * 150)
    told = {event["data"]["scorecard_id"] for event in subscriber.verified(hook, "/many")}
    assert told == {str(change.scorecard_id) for change in changes}


async def test_a_test_event_arrives(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/try"))
    async with dispatching(wiring):
        queued = await client.post(f"{hook.url}/test", headers=hook.headers)
        assert (queued.status_code, queued.json()["event_type"]) == (201, "webhook.test.v1")
        await hook.becomes("delivered")
    (event,) = subscriber.verified(hook, "/try")
    assert (event["type"], event["data"]["webhook_id"]) == ("webhook.test.v1", hook.id)
    read = await client.get(f"{hook.url}/deliveries/{queued.json()['id']}", headers=hook.headers)
    assert [attempt["status"] for attempt in read.json()["attempts"]] == [204]


async def test_during_a_rotation_both_secrets_verify_and_an_expired_one_does_not(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/rotated"))
    values = {"soon": "whsec_c29vbnNvb25zb29uc29vbg==", "over": "whsec_b3Zlcm92ZXJvdmVyb3Zlcg=="}
    async with wiring.works.begin(tenant_id) as uow:
        (secret,) = await uow.secrets.all()
        for name, hours in (("soon", 1), ("over", -1)):
            not_after = datetime.now(UTC) + timedelta(hours=hours)
            await uow.secrets.add(replace(secret, id=uow.new_id(), value=values[name], not_after=not_after))
        await uow.commit()
    async with dispatching(wiring):
        await client.post(f"{hook.url}/test", headers=hook.headers)
        await hook.becomes("delivered")
    (headers, body) = (dict(subscriber.requests[0].headers), subscriber.bodies[0])
    assert len(headers["webhook-signature"].split()) == 2
    for value in (hook.secret, values["soon"]):
        Webhook(value).verify(body, headers)
