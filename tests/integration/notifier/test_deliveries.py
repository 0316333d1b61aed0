"""Deliveries to a real server: signed, retried, coalesced, resent, and never two at once."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from services.notifier.domain.delivery import Outcome, Parcel
from services.notifier.usecases.forget_messages import forget_messages
from services.notifier.usecases.ports import Bell, DeliveryQueue
from services.notifier.wiring import Wiring
from shared.contracts.scores import Computed
from tests.factories.notifier import (
    BRISK,
    Hook,
    Subscriber,
    dispatcher_of,
    dispatching,
    make_change,
    make_hook,
    make_score_published,
    make_scores_changed,
    tell_notifier,
)
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio


async def becomes(hook: Hook, *states: str) -> None:
    async def holds() -> bool:
        return sorted(await hook.states()) == sorted(states)

    await eventually(holds)


async def test_a_changed_score_arrives_thin_and_full_and_verifies(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    thin = await make_hook(client, tenant_id, subscriber.at("/thin"))
    full = await make_hook(client, tenant_id, subscriber.at("/full"), payload="full")
    change = make_change(sequence=17)
    event = make_scores_changed(change, cause="target", reference="targets/1")
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, event)
        await becomes(thin, "delivered")
        await becomes(full, "delivered")
    (told,) = subscriber.verified(thin, "/thin")
    ids = {
        "scorecard_id": str(change.scorecard_id),
        "employee_id": str(change.employee_id),
        "cycle_id": str(event.cycle_id),
        "status": "provisional",
        "url": f"/v1/scorecards/{change.scorecard_id}",
    }
    assert told["data"] == ids
    assert {name: told[name] for name in ("specversion", "type", "subject", "tenantid", "sequence")} == {
        "specversion": "1.0",
        "type": "score.changed.v1",
        "subject": f"scorecards/{change.scorecard_id}",
        "tenantid": str(tenant_id),
        "sequence": "17",
    }
    (whole,) = subscriber.verified(full, "/full")
    assert whole["id"] == told["id"] == subscriber.ids("/thin")[0]
    assert whole["data"] == {
        **ids,
        "department_id": str(change.department_id),
        "previous": {"total": "63.40", "grade": "fair"},
        "current": {"total": "61.00", "grade": "fair"},
        "cause": {"kind": "target", "reference": "targets/1"},
        "before_veto": None,
        "items": [
            {
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
        ],
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
        await becomes(hook, "delivered")
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
        await becomes(hook, *["delivered"] * 150)
    told = {event["data"]["scorecard_id"] for event in subscriber.verified(hook, "/many")}
    assert told == {str(change.scorecard_id) for change in changes}


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
        await becomes(hook, "skipped", "delivered")
    assert [event["sequence"] for event in subscriber.verified(hook, "/newest")] == ["3"]


async def test_a_failing_endpoint_is_tried_again_until_it_accepts(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/flaky"))
    subscriber.answers["/flaky"] = iter([web.Response(status=500, text="not\x00 yet"), web.Response(status=302)])
    async with dispatching(wiring):
        await tell_notifier(wiring, tenant_id, make_scores_changed())
        await becomes(hook, "delivered")
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
        await becomes(hook, "dead")
        (dead,) = await hook.deliveries()
        resent = await client.post(f"{hook.url}/deliveries/{dead['id']}/resend", headers=hook.headers)
        assert (resent.status_code, resent.json()["message_id"]) == (201, dead["message_id"])
        await becomes(hook, "dead", "delivered")
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
        await becomes(hook, "dead")
    read = await hook.read()
    assert (read["enabled"], read["disabled_reason"]) == (False, "gone")
    await tell_notifier(wiring, tenant_id, make_scores_changed())
    assert await hook.states() == ["dead"]
    for path in ("test", f"deliveries/{(await hook.deliveries())[0]['id']}/resend"):
        refused = await client.post(f"{hook.url}/{path}", headers=hook.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    enabled = await client.patch(hook.url, json={"enabled": True}, headers=hook.headers)
    assert (enabled.json()["enabled"], enabled.json()["disabled_reason"]) == (True, None)


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


async def test_a_test_event_arrives(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/try"))
    async with dispatching(wiring):
        queued = await client.post(f"{hook.url}/test", headers=hook.headers)
        assert (queued.status_code, queued.json()["event_type"]) == (201, "webhook.test.v1")
        await becomes(hook, "delivered")
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
        await becomes(hook, "delivered")
    (headers, body) = (dict(subscriber.requests[0].headers), subscriber.bodies[0])
    assert len(headers["webhook-signature"].split()) == 2
    for value in (hook.secret, values["soon"]):
        Webhook(value).verify(body, headers)


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
        await becomes(hook, "delivered")
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
        await becomes(hook, *["delivered"] * 200)
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
        await becomes(other, *["delivered"] * 40)
        assert (await hanging.states()).count("leased") == 3
        subscriber.gates["/hangs"].set()
        await becomes(hanging, *["delivered"] * 40)


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
            await becomes(hook, *["delivered"] * expected)


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
        await becomes(hook, "skipped", "delivered")
    states = {delivery["sequence"]: delivery["state"] for delivery in await hook.deliveries()}
    assert states == {1: "skipped", 2: "delivered"}


async def test_old_messages_are_forgotten_with_their_log(
    client: httpx.AsyncClient, wiring: Wiring, subscriber: Subscriber, tenant_id: UUID
) -> None:
    hook = await make_hook(client, tenant_id, subscriber.at("/old"))
    await tell_notifier(wiring, tenant_id, make_scores_changed(), make_scores_changed())
    async with dispatching(wiring):
        await becomes(hook, "delivered", "delivered")
    old = (await hook.deliveries())[0]
    async with wiring.database.transaction(tenant_id) as tx:
        age = text("UPDATE messages SET stored_at = stored_at - interval '31 days' WHERE id = :id")
        await tx.execute(age, {"id": old["message_id"]})
        await tx.commit()
    await forget_messages(wiring.works.of(tenant_id))
    (left,) = await hook.deliveries()
    assert left["id"] != old["id"]
