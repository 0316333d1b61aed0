"""The feed over HTTP: complete, in the order of commits, and not for ever."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.notifier.usecases.forget_changes import forget_changes
from services.notifier.wiring import Wiring
from shared.contracts.observations import ObservationsRecorded
from shared.contracts.records import RecordChanged
from tests.factories.notifier import (
    make_change,
    make_feed_change,
    make_observation_of,
    make_plan_changed,
    make_score_published,
    make_scores_changed,
    tell_notifier,
)
from tests.factories.organisation import make_employee
from tests.factories.waiting import eventually
from tests.factories.webhooks import make_hook
from tests.integration.notifier.following import Reader

pytestmark = pytest.mark.anyio
LONG_AGO = date(2020, 1, 1)
_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")


async def test_a_change_tells_where_to_read_and_no_value(system: Reader, wiring: Wiring, tenant_id: UUID) -> None:
    change = make_change(sequence=17)
    await tell_notifier(wiring, tenant_id, make_scores_changed(change))
    run, card = await system.read()
    assert (run["type"], run["resource"]) == ("scores.changed.v1", "score-runs")
    assert {name: card[name] for name in card.keys() - {"id", "time"}} == {
        "type": "score.changed.v1",
        "subject": f"scorecards/{change.scorecard_id}",
        "resource": "scorecards",
        "resource_id": str(change.scorecard_id),
        "employee_id": str(change.employee_id),
        "department_id": str(change.department_id),
        "sequence": 17,
        "deleted": False,
        "url": f"/v1/scorecards/{change.scorecard_id}",
    }


async def test_it_is_followed_page_by_page_and_ends_nowhere(system: Reader, wiring: Wiring, tenant_id: UUID) -> None:
    plans = [make_plan_changed() for _ in range(5)]
    await tell_notifier(wiring, tenant_id, *plans)
    pages = [await system.subjects(limit=2) for _ in range(4)]
    assert pages == [[plans[0].subject, plans[1].subject], [plans[2].subject, plans[3].subject], [plans[4].subject], []]
    assert not (await system.ask()).json()["has_more"]
    later = make_plan_changed()
    await tell_notifier(wiring, tenant_id, later)
    assert await system.subjects(limit=2) == [later.subject]


async def test_it_may_be_joined_at_its_end_and_narrowed_to_types(
    system: Reader, wiring: Wiring, tenant_id: UUID
) -> None:
    await tell_notifier(wiring, tenant_id, make_plan_changed())
    assert await system.read(cursor="latest") == []
    published = make_score_published()
    await tell_notifier(wiring, tenant_id, make_plan_changed(), published, make_scores_changed())
    wanted = ["score.published.v1", "score.revised.v1"]
    assert await system.subjects(types=wanted) == [published.subject]
    assert await system.read() == []


async def test_an_empty_feed_has_an_end_too(system: Reader, wiring: Wiring, tenant_id: UUID) -> None:
    assert await system.read() == await system.read(cursor="latest") == []
    plan = make_plan_changed()
    await tell_notifier(wiring, tenant_id, plan)
    assert await system.subjects() == [plan.subject]


async def test_what_is_gone_is_told_as_deleted(system: Reader, wiring: Wiring, tenant_id: UUID) -> None:
    record = RecordChanged(
        record_id=uuid4(), sequence=2, employee_id=uuid4(), kind="training", occurred_on=LONG_AGO, deleted=True
    )
    await tell_notifier(wiring, tenant_id, record)
    (row,) = await system.read()
    assert (row["resource_id"], row["deleted"]) == (str(record.record_id), True)


async def test_a_slow_writer_is_waited_for_so_that_nobody_reads_past_it(
    system: Reader, wiring: Wiring, tenant_id: UUID
) -> None:
    """Let one transaction take its position, let another one try to overtake it, and read all the while."""
    slow, quick = make_plan_changed(), make_plan_changed()
    async with wiring.works.begin(tenant_id) as uow:
        uow.feed.add([make_feed_change(slow.subject)])
        await uow.conclude()  # has its position, and has not committed
        overtaking = asyncio.create_task(tell_notifier(wiring, tenant_id, quick))

        async def waits() -> bool:
            async with wiring.database.transaction() as tx:
                return overtaking.done() or bool((await tx.execute(_WAITING)).scalar_one())

        await eventually(waits)
        assert await system.subjects() == []
        assert not overtaking.done()
        await uow.commit()
    await overtaking
    assert await system.subjects() == [slow.subject, quick.subject]


async def test_many_writers_and_a_reader_who_keeps_reading_lose_nothing(
    system: Reader, wiring: Wiring, tenant_id: UUID
) -> None:
    subjects = [f"plans/{uuid4()}" for _ in range(60)]
    seen: list[str] = []

    async def write(subject: str) -> None:
        async with wiring.works.begin(tenant_id) as uow:
            uow.feed.add([make_feed_change(subject)])
            await uow.commit()

    async def undone(subject: str) -> None:
        async with wiring.works.begin(tenant_id) as uow:
            uow.feed.add([make_feed_change(subject)])
            await uow.conclude()

    writing = [asyncio.create_task(write(subject)) for subject in subjects]
    writing += [asyncio.create_task(undone(f"plans/{uuid4()}")) for _ in range(10)]

    async def has_all() -> bool:
        seen.extend(await system.subjects(limit=7))
        return len(seen) >= len(subjects)

    await eventually(has_all)
    await asyncio.gather(*writing)
    assert sorted(seen) == sorted(subjects)
    assert await system.read() == []


async def test_what_is_told_twice_is_one_change(system: Reader, wiring: Wiring, tenant_id: UUID) -> None:
    """A republished document is no news."""
    employee = make_employee()
    await tell_notifier(wiring, tenant_id, employee)
    await tell_notifier(wiring, tenant_id, employee)
    assert await system.subjects() == [employee.subject]


async def test_who_waits_is_told_as_soon_as_there_is_something(system: Reader, wiring: Wiring, tenant_id: UUID) -> None:
    await system.read(cursor="latest")
    waiting = asyncio.create_task(system.subjects(wait=20))
    plan = make_plan_changed()
    await tell_notifier(wiring, tenant_id, plan)
    assert await waiting == [plan.subject]
    assert await system.subjects(wait=1) == []


async def test_a_forgotten_position_is_gone_and_the_rest_goes_on(
    system: Reader, wiring: Wiring, tenant_id: UUID
) -> None:
    old, kept = make_plan_changed(), make_plan_changed()
    start = (await system.ask(cursor="latest")).json()["next_cursor"]
    await tell_notifier(wiring, tenant_id, old, make_plan_changed())
    await system.read(limit=1)
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(text("UPDATE changes SET recorded_at = recorded_at - interval '31 days'"))
        await tx.commit()
    await tell_notifier(wiring, tenant_id, kept)
    await forget_changes(wiring.works.of(tenant_id), keep=wiring.changes_kept)
    for cursor in (start, system.cursor):
        gone = await system.ask(cursor=cursor)
        assert (gone.status_code, gone.json()["code"]) == (410, "cursor_expired")
    system.cursor = None
    assert await system.subjects() == [kept.subject]
    await forget_changes(wiring.works.of(tenant_id), keep=wiring.changes_kept)
    assert await system.subjects() == []


async def test_a_feed_that_was_set_back_expires_the_cursors_ahead_of_it(
    system: Reader, wiring: Wiring, tenant_id: UUID
) -> None:
    """As after restoring a backup."""
    await tell_notifier(wiring, tenant_id, make_plan_changed(), make_plan_changed())
    await system.read()
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(text("DELETE FROM changes WHERE position = 2"))
        await tx.execute(text("UPDATE feeds SET last = 1"))
        await tx.commit()
    assert (await system.ask()).status_code == 410


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "nonsense"},
        {"cursor": "WyIxIl0"},
        {"cursor": "WyJjaGFuZ2VzIiwiLTEiXQ"},
        {"types": "moon.risen.v1"},
        {"limit": 0},
        {"limit": 1001},
        {"wait": 26},
    ],
)
async def test_wrong_parameters_are_refused(system: Reader, params: dict[str, Any]) -> None:
    assert (await system.ask(**params)).status_code == 422


async def test_observations_are_told_once_for_each_person_and_request(
    system: Reader, wiring: Wiring, tenant_id: UUID
) -> None:
    seller = uuid4()
    items = tuple(make_observation_of(subject) for subject in (seller, seller, None))
    await tell_notifier(wiring, tenant_id, ObservationsRecorded(batch_id=uuid4(), shard=0, items=items))
    person, company = await system.read()
    assert (person["employee_id"], person["resource_id"]) == (str(seller), None)
    assert person["url"] == f"/v1/observations?employee_id={seller}"
    assert (company["employee_id"], company["url"]) == (None, "/v1/observations")


async def test_a_delivery_and_its_change_have_the_same_id(
    system: Reader, client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    types = ["score.changed.v1", "score.published.v1", "plan.changed.v1"]
    hook = await make_hook(client, tenant_id, "https://hr.example.com/hook", event_types=types)
    await tell_notifier(wiring, tenant_id, make_scores_changed(), make_score_published(), make_plan_changed())
    rows = await system.read(types=types)
    assert by_id(rows, "id") == by_id(await hook.deliveries(), "message_id")


def by_id(rows: Sequence[dict[str, Any]], name: str) -> dict[str, tuple[str, int]]:
    return {row[name]: (row["subject"], row["sequence"]) for row in rows}
