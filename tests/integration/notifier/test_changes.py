"""The feed over HTTP: complete and in order of commits, for each caller what that caller may read, and not for ever."""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.notifier.usecases.forget_changes import forget_changes
from services.notifier.wiring import Wiring
from shared.contracts.observations import BusinessTargetChanged, ObservationsRecorded
from shared.contracts.organisation import Employment, Headship
from shared.contracts.records import RecordChanged
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.notifier import (
    make_change,
    make_feed_change,
    make_hook,
    make_observation_of,
    make_plan_changed,
    make_score_published,
    make_scores_changed,
    tell_notifier,
)
from tests.factories.organisation import make_department, make_employee
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio
EVERYTHING_READ = (
    *("business_targets:write", "cycles:read", "employees:read", "metrics:read", "observations:read"),
    *("records:read", "schemes:read", "scores:read", "tenant:read"),
)
LONG_AGO = date(2020, 1, 1)
_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")


class Reader:
    """Follows the feed as one caller, from the beginning."""

    def __init__(self, client: httpx.AsyncClient, principal: Principal) -> None:
        self._client = client
        self._headers = bearer(principal)
        self.cursor: str | None = None

    async def ask(self, **params: Any) -> httpx.Response:
        given = {"cursor": self.cursor} if self.cursor is not None else {}
        return await self._client.get("/v1/changes", params={**given, **params}, headers=self._headers)

    async def read(self, **params: Any) -> list[dict[str, Any]]:
        """Read one page and remember its end."""
        response = await self.ask(**params)
        assert response.status_code == 200, response.text
        page = response.json()
        self.cursor = page["next_cursor"]
        data: list[dict[str, Any]] = page["data"]
        return data

    async def subjects(self, **params: Any) -> list[str]:
        return [row["subject"] for row in await self.read(**params)]


@pytest.fixture
def system(client: httpx.AsyncClient, tenant_id: UUID) -> Reader:
    return Reader(client, make_client(tenant_id, *EVERYTHING_READ))


def works_in(department_id: UUID, **more: Any) -> Employment:
    fields = {"position_id": uuid4(), "position_name": "销售", "fte": Decimal(1), "starts_on": LONG_AGO}
    return Employment(**{"id": uuid4(), "department_id": department_id, **fields, **more})


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


async def test_each_caller_sees_the_changes_of_what_that_caller_may_read(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    head, seller, outsider = uuid4(), uuid4(), uuid4()
    sales, team, elsewhere = (make_department() for _ in range(3))
    led = make_department(
        department_id=sales.department_id, heads=(Headship(employee_id=head, kind="head", starts_on=LONG_AGO),)
    )
    below = make_department(department_id=team.department_id, parent_id=sales.department_id)
    of_seller = make_employee(employee_id=seller, employments=(works_in(team.department_id),))
    of_outsider = make_employee(employee_id=outsider, employments=(works_in(elsewhere.department_id),))
    records = [
        RecordChanged(record_id=uuid4(), sequence=1, employee_id=each, kind="discipline", occurred_on=LONG_AGO)
        for each in (seller, outsider)
    ]
    company = BusinessTargetChanged(
        business_target_id=uuid4(),
        sequence=1,
        source="erp",
        metric="sales",
        subject_kind="company",
        starts_on=LONG_AGO,
        ends_on=date(2021, 1, 1),
        value=Decimal(1),
    )
    plan = make_plan_changed(department_id=team.department_id)
    organisation = (led, below, elsewhere)
    people = (of_seller, of_outsider, *records, company, plan)
    await tell_notifier(wiring, tenant_id, *organisation, *people)
    shared = {each.subject for each in organisation}

    async def seen_by(principal: Principal) -> set[str]:
        return set(await Reader(client, principal).subjects())

    theirs = {of_seller.subject, records[0].subject}
    assert await seen_by(make_person(tenant_id, seller)) == shared | theirs
    assert await seen_by(make_person(tenant_id, head)) == shared | theirs | {plan.subject}
    assert await seen_by(make_person(tenant_id, uuid4())) == shared
    confined = make_hr(tenant_id, hr_departments=(sales.department_id,))
    assert await seen_by(confined) == shared | theirs | {plan.subject, company.subject}
    everything = shared | {each.subject for each in people}
    assert await seen_by(make_admin(tenant_id)) == await seen_by(make_hr(tenant_id)) == everything
    assert await seen_by(make_client(tenant_id, "records:read")) == {each.subject for each in records}
    assert await seen_by(make_client(tenant_id, "cycles:read")) == {plan.subject}


async def test_who_reads_nothing_is_refused_and_another_tenant_sees_nothing(
    client: httpx.AsyncClient, wiring: Wiring, installation: Installation, tenant_id: UUID
) -> None:
    await tell_notifier(wiring, tenant_id, make_plan_changed())
    for scopes in ((), ("webhooks:write", "observations:write")):
        refused = await Reader(client, make_client(tenant_id, *scopes)).ask()
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    other = make_tenant()
    await announce_tenant(installation, other)
    assert await Reader(client, make_admin(other.tenant_id)).read() == []


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


async def test_one_who_may_read_little_gets_on_through_what_others_did(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    """A request looks at a stretch of the feed; an empty answer says that there is more."""
    mine = uuid4()
    async with wiring.works.begin(tenant_id) as uow:
        uow.feed.add([make_feed_change(f"plans/{uuid4()}") for _ in range(5_100)])
        uow.feed.add([make_feed_change(f"employees/{mine}", resource="employees", employee_id=mine)])
        await uow.commit()
    reader = Reader(client, make_person(tenant_id, mine))
    first = (await reader.ask()).json()
    assert (first["data"], first["has_more"]) == ([], True)
    await reader.read()
    assert await reader.subjects() == [f"employees/{mine}"]


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
