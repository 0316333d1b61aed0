"""What arrives on the bus becomes scores once, and what leaves says who changed from what to what."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from services.performance.events.subscriptions import SUBSCRIPTIONS
from services.performance.wiring import Wiring
from shared.contracts.envelope import EventData
from shared.contracts.observations import CompletenessDeclared, ObservationItem, ObservationsRecorded
from shared.core.clock import SystemClock
from shared.core.ids import Uuid7
from shared.kit.bus.port import Batch
from shared.kit.consumer import Consumer
from shared.kit.outbox import enclose, message_of
from tests.factories.performance import make_observation
from tests.factories.sellers import Sellers, open_sellers, three_facts
from tests.integration.performance.conftest import Cards

pytestmark = pytest.mark.anyio
_ids = Uuid7()


def recorded(*items: ObservationItem) -> ObservationsRecorded:
    return ObservationsRecorded(batch_id=_ids.new(), shard=0, items=items)


def batch_of(tenant_id: UUID, *events: EventData) -> Batch:
    at = SystemClock().now()
    envelopes = [enclose(event, source="connector", tenant_id=tenant_id, at=at, ids=_ids) for event in events]
    messages = tuple(map(message_of, envelopes))
    return Batch("connector.observations", 0, 0, len(messages), messages)


async def consume(wiring: Wiring, batch: Batch) -> None:
    await Consumer(wiring.bus, wiring.works, SUBSCRIPTIONS, group="performance").process(batch)


async def score_changes(wiring: Wiring, tenant_id: UUID) -> list[dict[str, Any]]:
    async with wiring.database.transaction() as tx:
        driver = await tx.driver()
        rows = await driver.fetch("SELECT payload FROM outbox WHERE key LIKE $1 ORDER BY position", f"{tenant_id}/%")
    envelopes = [orjson.loads(row["payload"]) for row in rows]
    return [envelope["data"] for envelope in envelopes if envelope["type"] == "scores.changed.v1"]


async def test_several_events_of_a_batch_make_one_run_however_often_they_come(
    wiring: Wiring, sellers: Sellers, cards: Cards
) -> None:
    facts = three_facts(sellers)
    batch = batch_of(sellers.tenant_id, recorded(*facts[:4]), recorded(*facts[4:9]), recorded(*facts[9:]))
    await consume(wiring, batch)
    await consume(wiring, batch)
    opened, followed = await score_changes(wiring, sellers.tenant_id)
    changes = {UUID(change["employee_id"]): change for change in followed["changes"]}
    assert (opened["cause"]["kind"], followed["cause"]["kind"]) == ("cycle", "observations")
    assert [changes[person]["total"] for person in sellers.people] == ["63.40", "81.90", "75.20"]
    assert {change["previous_total"] for change in followed["changes"]} == {None}
    wang = changes[sellers.people[0]]
    assert [(item["key"], item["weight"], item["points"]) for item in wang["items"]] == [
        ("sales", 6000, "64"),
        ("conversion", 3000, "55"),
        ("teamwork", 1000, "85"),
    ]
    assert {card.sequence for card in (await cards()).values()} == {2}


async def test_only_those_who_changed_are_named(wiring: Wiring, sellers: Sellers) -> None:
    await consume(wiring, batch_of(sellers.tenant_id, recorded(*three_facts(sellers))))
    order = make_observation(subject_id=sellers.people[1], value="100000")
    stranger = make_observation()
    await consume(wiring, batch_of(sellers.tenant_id, recorded(order, stranger)))
    change = (await score_changes(wiring, sellers.tenant_id))[-1]["changes"]
    assert [(UUID(each["employee_id"]), each["previous_total"], each["total"]) for each in change] == [
        (sellers.people[1], "81.90", "83.10")
    ]


async def test_completeness_turns_nothing_yet_into_nothing(wiring: Wiring, sellers: Sellers, cards: Cards) -> None:
    order = make_observation(subject_id=sellers.people[0])
    declared = CompletenessDeclared(source="crm", measure="order.amount", complete_through="2026-12-31")
    await consume(wiring, batch_of(sellers.tenant_id, recorded(order), declared))
    assert (await cards())[sellers.people[1]].result.items[0].state == "zero"


async def test_a_large_run_leaves_in_events_of_bounded_size(wiring: Wiring, tenant_id: UUID) -> None:
    await open_sellers(wiring, tenant_id, count=501)
    changes = [len(data["changes"]) for data in await score_changes(wiring, tenant_id)]
    assert changes == [500, 1]
