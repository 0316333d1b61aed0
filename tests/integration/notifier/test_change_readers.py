"""The feed shows each caller the changes of what that caller may read, and nobody else anything."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.notifier.wiring import Wiring
from shared.contracts.observations import BusinessTargetChanged
from shared.contracts.organisation import Employment, Headship
from shared.contracts.records import RecordChanged
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant
from tests.factories.notifier import make_feed_change, make_plan_changed, tell_notifier
from tests.factories.organisation import make_department, make_employee
from tests.factories.tenancy import make_tenant
from tests.integration.notifier.following import Reader

pytestmark = pytest.mark.anyio


LONG_AGO = date(2020, 1, 1)


def works_in(department_id: UUID, **more: Any) -> Employment:
    fields = {"position_id": uuid4(), "position_name": "销售", "fte": Decimal(1), "starts_on": LONG_AGO}
    return Employment(**{"id": uuid4(), "department_id": department_id, **fields, **more})


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
