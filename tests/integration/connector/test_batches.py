"""Whole batches are worked off set-wise, however many items and chunks they make."""

from uuid import UUID

import pytest

from services.connector.wiring import Wiring
from shared.contracts.observations import MAX_ITEMS, ObservationsRecorded
from tests.factories.connector import System, make_item
from tests.factories.events import published

pytestmark = pytest.mark.anyio


async def test_events_of_a_full_batch_stay_within_their_size(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    answer = (await crm.send(*(make_item() for _ in range(1000)))).json()
    assert answer["summary"]["accepted"] == 1000
    events = await published(wiring.database, tenant_id, ObservationsRecorded)
    assert [len(event["items"]) for event in events] == [MAX_ITEMS, MAX_ITEMS]
    assert {(event["shard"], event["batch_id"]) for event in events} == {(wang.int % 16, answer["batch_id"])}


async def test_a_link_releases_more_than_is_held_in_memory_at_once(crm: System, wang: UUID) -> None:
    for _ in range(3):
        await crm.send(*(make_item(employee={"ref": "S07"}) for _ in range(1000)))
    await crm.link("S07", wang)
    totals = await crm.totals()
    assert (totals["counted"]["count"], totals["quarantined"]["count"]) == (3000, 0)
