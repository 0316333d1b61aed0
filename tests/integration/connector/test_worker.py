"""The worker process: a record of the archive goes in by the bus, and leaves by it as an observation."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.connector.wiring import Wiring
from services.connector.worker import build_loops
from shared.contracts.topics import OBSERVATIONS
from shared.core.ids import Uuid7
from shared.kit.outbox import enclose, message_of
from shared.kit.worker import run_loops
from tests.factories.connector import make_record_changed
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio


async def test_a_record_becomes_an_observation_event(wiring: Wiring, tenant_id: UUID, wang: UUID) -> None:
    record = make_record_changed(wang)
    envelope = enclose(record, source="archive", tenant_id=tenant_id, at=datetime.now(UTC), ids=Uuid7())
    await wiring.bus.publish([message_of(envelope)])
    async with wiring.bus.subscribe(group=f"test-{tenant_id}", topics=[OBSERVATIONS.name]) as subscription:

        async def arrived() -> bool:
            batches = await subscription.fetch(max_messages=1000, max_wait=0.2)
            for batch in batches:
                await subscription.commit(batch)
            return any(str(record.record_id).encode() in m.value for batch in batches for m in batch.messages)

        stop = asyncio.Event()
        worker = asyncio.create_task(run_loops(build_loops(wiring), stop))
        await eventually(arrived)
        stop.set()
        await worker
