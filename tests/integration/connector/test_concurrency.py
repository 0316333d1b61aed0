"""Messages at the same time: counted once, in the newest revision, and none left waiting for a link that is there."""

import asyncio
import random
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.connector.wiring import Wiring
from tests.factories.connector import System, make_item, make_system, recorded

pytestmark = pytest.mark.anyio


async def test_two_identical_batches_at_once_count_once(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    items = [make_item() for _ in range(200)]
    answers = await asyncio.gather(crm.send(*items), crm.send(*reversed(items)), crm.send(*items))
    summaries = [answer.json()["summary"] for answer in answers]
    assert sum(summary["accepted"] for summary in summaries) == 200
    assert sum(summary["duplicate"] for summary in summaries) == 400
    assert len(await recorded(wiring, tenant_id)) == 200
    totals = await crm.totals()
    assert (totals["counted"], totals["duplicates"]) == ({"count": 200, "sum": "20000"}, 400)


async def test_revisions_at_once_end_in_the_highest(crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID) -> None:
    items = [make_item() for _ in range(50)]
    waves = [[{**item, "revision": revision, "value": str(revision)} for item in items] for revision in range(1, 7)]
    await asyncio.gather(*(crm.send(*(wave if n % 2 else wave[::-1])) for n, wave in enumerate(waves)))
    assert (await crm.totals())["counted"] == {"count": 50, "sum": "300"}
    newest = {event["remote_id"]: event["value"] for event in await recorded(wiring, tenant_id)}
    assert set(newest.values()) == {"6"}


async def test_an_item_sent_while_its_link_is_made_does_not_stay_behind(crm: System, wang: UUID) -> None:
    codes = [f"C{number}" for number in range(10)]
    for code in codes:
        await asyncio.gather(crm.send(make_item(employee={"ref": code})), crm.link(code, wang))
    assert [row["status"] for row in await crm.observations()] == ["counted"] * len(codes)


async def test_a_business_target_set_twice_at_once_is_set_once(crm: System) -> None:
    body = {"metric": "sales", "company": True, "starts_on": "2026-01-01", "ends_on": "2026-07-01", "value": "10"}

    async def put(remote_id: str) -> httpx.Response:
        return await crm.client.put(f"/v1/business-targets/crm/{remote_id}", json=body, headers=crm.headers)

    answers = await asyncio.gather(*(put(f"T-{number // 6}") for number in range(60)))
    assert {(answer.status_code, answer.json().get("sequence")) for answer in answers} == {(200, 1)}
    assert len((await crm.get("/v1/business-targets"))["data"]) == 10


async def test_shuffled_repeated_and_concurrent_messages_end_alike_at_every_source(
    client: httpx.AsyncClient, tenant_id: UUID, wang: UUID
) -> None:
    chance = random.Random(20260304)  # noqa: S311 -- it shuffles
    ids = [f"SO-{number}" for number in range(20)]
    first = [make_item(id=key, value=str(number)) for number, key in enumerate(ids)]
    corrected = [{**item, "revision": 2, "value": "7"} for item in first[::2]]
    unknown = [{**item, "revision": 3, "employee": {"ref": "?"}} for item in first[::5]]
    retracted = [{"id": key, "revision": 4, "retracted": True} for key in ids[::7]]
    messages = [*first, *corrected, *unknown, *retracted]

    async def end_of(number: int) -> dict[str, tuple[Any, ...]]:
        source = await make_system(client, tenant_id, f"source-{number}")
        sent = [*messages, *chance.sample(messages, 15)]
        chance.shuffle(sent)
        await asyncio.gather(*(source.send(*sent[start : start + 12]) for start in range(0, len(sent), 12)))
        rows = await source.observations(source=source.source, limit=200)
        counting = {row["remote_id"]: row["value"] if row["status"] == "counted" else None for row in rows}
        return {row["remote_id"]: (row["revision"], row["status"], counting[row["remote_id"]]) for row in rows}

    ends = [await end_of(number) for number in range(6)]
    assert len(ends[0]) == len(ids)
    assert all(end == ends[0] for end in ends)
