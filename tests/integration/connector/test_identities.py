"""Whom a source means: links by date, work numbers, quarantine, and release once somebody is known."""

from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest

from services.connector.store.repositories.observation_sql import NAMING
from services.connector.wiring import Wiring
from shared.contracts.organisation import Headship
from tests.factories.access import make_hr, make_person
from tests.factories.connector import (
    System,
    make_department_changed,
    make_employee_changed,
    make_employment,
    make_item,
    make_system,
    recorded,
    tell_connector,
)
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def credited(crm: System) -> dict[str, tuple[str, list[str | None]]]:
    """Tell for each record whether it counts, and for whom."""
    rows = await crm.observations()
    return {row["remote_id"]: (row["status"], [credit["subject_id"] for credit in row["credits"]]) for row in rows}


async def test_what_names_somebody_is_found_at_once_while_statistics_are_young(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    """A plan that looks at all of a tenant's for each one found keeps whoever links a code waiting for minutes."""
    for _ in range(3):
        await crm.send(*(make_item() for _ in range(1000)))
    arguments = (["employee_ref"], ["W1"], None, True, ["counted"], UUID(int=0), "", 2000)
    async with wiring.database.transaction(tenant_id) as tx:
        plan = "\n".join(row[0] for row in await (await tx.driver()).fetch(f"EXPLAIN {NAMING}", tenant_id, *arguments))
    assert "Nested Loop" not in plan[plan.index("LockRows") :], plan


async def test_an_unknown_reference_waits_and_says_where_it_stands(crm: System, wang: UUID) -> None:
    split = make_item(
        id="b", credits=[{"employee": {"ref": "W1"}, "share": "0.5"}, {"employee": {"ref": "S99"}, "share": "0.5"}]
    )
    del split["employee"]
    answer = (await crm.send(make_item(id="a", employee={"ref": "S99"}), split)).json()
    assert [(each["status"], each["code"], each["pointer"]) for each in answer["items"]] == [
        ("quarantined", "identity_unknown", "/items/0/employee/ref"),
        ("quarantined", "identity_unknown", "/items/1/credits/1/employee/ref"),
    ]
    waiting = (await crm.get("/v1/quarantine"))["data"]
    summary = await crm.get("/v1/quarantine/summary")
    assert (summary["waiting"], summary["oldest_at"]) == (len(waiting), min(each["received_at"] for each in waiting))
    assert [[credit["problem"] for credit in row["credits"]] for row in waiting] == [
        ["identity_unknown"],
        [None, "identity_unknown"],
    ]
    totals = await crm.totals()
    assert (totals["received"]["count"], totals["counted"]["count"], totals["quarantined"]["count"]) == (2, 0, 2)


async def test_a_link_releases_what_waits_for_it(crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID) -> None:
    item = make_item(employee={"ref": "S07"})
    await crm.send(item, make_item(employee={"ref": "S08"}))
    assert await recorded(wiring, tenant_id) == []
    response = await crm.link("S07", wang)
    assert response.status_code == 201
    (event,) = await recorded(wiring, tenant_id)
    assert (event["remote_id"], event["subject_id"], event["revision"]) == (item["id"], str(wang), 2)
    assert await crm.fates(item) == ["duplicate"]
    assert (await crm.totals())["quarantined"]["count"] == 1


async def test_links_hold_by_date_because_codes_are_reused(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    li = make_employee_changed(work_number="W2")
    await tell_connector(wiring, tenant_id, li)
    await crm.link("S07", wang, ends_on="2026-04-01")
    await crm.link("S07", li.employee_id, starts_on="2026-04-01")
    march = make_item(id="march", employee={"ref": "S07"}, occurred_at="2026-03-31T23:59:00+08:00")
    april = make_item(id="april", employee={"ref": "S07"}, occurred_at="2026-03-31T16:00:00Z")
    await crm.send(march, april)
    assert await credited(crm) == {"march": ("counted", [str(wang)]), "april": ("counted", [str(li.employee_id)])}


async def test_a_link_precedes_the_work_number_and_moves_what_counted(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    li = make_employee_changed(work_number="W2")
    await tell_connector(wiring, tenant_id, li)
    await crm.send(make_item(id="a"))
    await crm.link("W1", li.employee_id)
    assert await credited(crm) == {"a": ("counted", [str(li.employee_id)])}
    after = [
        (event["subject_id"], event["revision"], event["retracted"]) for event in await recorded(wiring, tenant_id)
    ]
    assert sorted(after) == sorted([(str(wang), 1, False), (str(li.employee_id), 2, False), (str(wang), 2, True)])


async def test_a_link_taken_back_takes_back_its_credit(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    link = (await crm.link("S07", wang)).json()
    await crm.send(make_item(id="a", employee={"ref": "S07"}))
    response = await crm.client.delete(f"/v1/identity-links/{link['id']}", headers=crm.headers)
    assert response.status_code == 204
    assert await credited(crm) == {"a": ("quarantined", [None])}
    assert (await recorded(wiring, tenant_id))[-1]["retracted"] is True
    assert (await crm.client.delete(f"/v1/identity-links/{link['id']}", headers=crm.headers)).status_code == 404


async def test_a_link_is_ended_when_its_code_goes_to_somebody_else(crm: System, wang: UUID) -> None:
    link = (await crm.link("S07", wang)).json()
    await crm.send(make_item(id="a", employee={"ref": "S07"}))
    url = f"/v1/identity-links/{link['id']}"
    ended = await crm.client.patch(url, json={"ends_on": "2026-03-04"}, headers=crm.headers)
    assert (ended.status_code, ended.json()["ends_on"]) == (200, "2026-03-04")
    assert (await credited(crm))["a"][0] == "quarantined"
    reopened = await crm.client.patch(url, json={"ends_on": None}, headers=crm.headers)
    assert reopened.json()["ends_on"] is None
    assert (await credited(crm))["a"][0] == "counted"
    listed = await crm.get(f"/v1/connections/{crm.connection_id}/identity-links")
    assert listed["data"] == [reopened.json()]


async def test_overlapping_links_and_empty_periods_are_refused(crm: System, wang: UUID) -> None:
    await crm.link("S07", wang, starts_on="2026-01-01")
    overlapping = await crm.link("S07", wang, ends_on="2026-01-02")
    empty = await crm.link("S08", wang, starts_on="2026-01-02", ends_on="2026-01-02")
    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "identity_links_overlap")
    assert (empty.status_code, empty.json()["code"]) == (422, "period_empty")
    assert [each["pointer"] for each in empty.json()["errors"]] == ["/ends_on"]


async def test_nobody_unknown_or_of_another_tenant_is_linked(
    client: httpx.AsyncClient, installation: Installation, crm: System, wang: UUID
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    theirs = await make_system(client, other.tenant_id)
    for system, employee_id in ((crm, uuid4()), (theirs, wang)):
        response = await system.link("S07", employee_id)
        assert (response.status_code, response.json()["code"]) == (404, "reference_not_found")
        assert response.json()["errors"][0]["pointer"] == "/employee_id"
    body = {"value": "S07", "employee_id": str(wang)}
    url = f"/v1/connections/{crm.connection_id}/identity-links"
    assert (await client.post(url, json=body, headers=theirs.headers)).status_code == 404


async def test_a_new_employee_releases_what_waits_for_the_work_number_or_id(
    crm: System, wiring: Wiring, tenant_id: UUID
) -> None:
    li = make_employee_changed(work_number="W2")
    await crm.send(
        make_item(id="a", employee={"ref": "W2"}),
        make_item(id="b", employee={"id": str(li.employee_id)}),
        make_item(id="c", employee={"ref": "W3"}),
    )
    await tell_connector(wiring, tenant_id, make_employee_changed(), li)
    assert {key: status for key, (status, _) in (await credited(crm)).items()} == {
        "a": "counted",
        "b": "counted",
        "c": "quarantined",
    }
    assert {event["remote_id"] for event in await recorded(wiring, tenant_id)} == {"a", "b"}


async def test_a_new_department_releases_what_waits_for_it(crm: System, wiring: Wiring, tenant_id: UUID) -> None:
    item = make_item(department={"code": "RISK"})
    del item["employee"]
    answer = (await crm.send(item)).json()["items"][0]
    assert (answer["code"], answer["pointer"]) == ("department_unknown", "/items/0/department/code")
    await tell_connector(wiring, tenant_id, make_department_changed())
    assert (await credited(crm))[item["id"]][0] == "counted"


async def test_of_a_work_number_given_out_twice_the_one_employed_that_day_is_meant(
    crm: System, wiring: Wiring, tenant_id: UUID
) -> None:
    left = make_employee_changed(employments=(make_employment(ends_on=date(2025, 1, 1)),), left_on=date(2025, 1, 1))
    came = make_employee_changed(employments=(make_employment(starts_on=date(2026, 1, 1)),))
    await tell_connector(wiring, tenant_id, left, came)
    await crm.send(make_item(id="a"), make_item(id="b", credit_date="2025-06-01"))
    assert await credited(crm) == {"a": ("counted", [str(came.employee_id)]), "b": ("quarantined", [None])}
    (waiting,) = (await crm.get("/v1/quarantine"))["data"]
    assert waiting["credits"][0]["problem"] == "identity_ambiguous"


async def test_what_waits_for_a_work_number_is_released_once_the_other_who_had_it_has_another(
    crm: System, wiring: Wiring, tenant_id: UUID
) -> None:
    before, now = make_employee_changed(), make_employee_changed()
    await tell_connector(wiring, tenant_id, before, now)
    assert await crm.fates(make_item(id="a")) == ["quarantined"]
    await tell_connector(wiring, tenant_id, before.model_copy(update={"sequence": 2, "work_number": "W9"}))
    assert await credited(crm) == {"a": ("counted", [str(now.employee_id)])}


async def test_a_dismissed_observation_counts_no_more_until_it_is_corrected(
    client: httpx.AsyncClient, crm: System, tenant_id: UUID, wang: UUID
) -> None:
    item = make_item(employee={"ref": "?"})
    await crm.send(item)
    (waiting,) = (await crm.get("/v1/quarantine"))["data"]
    url, hr = f"/v1/quarantine/{waiting['id']}/dismissal", bearer(make_hr(tenant_id))
    dismissed = await client.post(url, json={"reason": "a test of the CRM"}, headers=hr)
    again = await client.post(url, json={"reason": "a test of the CRM"}, headers=hr)
    assert (dismissed.status_code, again.status_code, again.json()["code"]) == (204, 409, "not_quarantined")
    await crm.link("?", wang)
    (row,) = await crm.observations()
    assert (row["status"], row["dismissed_by"], row["dismissal_reason"]) == ("dismissed", "hr", "a test of the CRM")
    totals = await crm.totals()
    assert (totals["received"]["count"], totals["dismissed"]["count"], totals["quarantined"]["count"]) == (1, 1, 0)
    assert await crm.fates(item, {**item, "revision": 1}) == ["duplicate", "replaced"]
    assert (await credited(crm))[item["id"]][0] == "counted"


async def test_people_see_what_credits_them_and_heads_what_credits_their_people(
    client: httpx.AsyncClient, crm: System, wiring: Wiring, tenant_id: UUID
) -> None:
    head_id = uuid4()
    heads = (Headship(employee_id=head_id, kind="head", starts_on=date(2020, 1, 1)),)
    sales = make_department_changed(code="S", heads=heads)
    below = make_department_changed(code="S1", parent_id=sales.department_id)
    seller = make_employee_changed(employments=(make_employment(department_id=below.department_id),))
    other = make_employee_changed(work_number="W2")
    await tell_connector(wiring, tenant_id, sales, below, seller, other)
    of_department = make_item(id="d", department={"code": "S1"})
    del of_department["employee"]
    await crm.send(make_item(id="a"), make_item(id="b", employee={"ref": "W2"}), of_department)

    async def seen(employee_id: UUID) -> set[str]:
        headers = bearer(make_person(tenant_id, employee_id))
        rows = (await client.get("/v1/observations", headers=headers)).json()["data"]
        return {row["remote_id"] for row in rows}

    assert await seen(seller.employee_id) == {"a"}
    assert await seen(other.employee_id) == {"b"}
    assert await seen(head_id) == {"a", "d"}
    ids = {row["remote_id"]: row["id"] for row in await crm.observations()}
    hidden = await client.get(f"/v1/observations/{ids['b']}", headers=bearer(make_person(tenant_id, head_id)))
    assert hidden.status_code == 404


async def test_nobody_decides_what_they_are_credited_themselves(
    client: httpx.AsyncClient, crm: System, tenant_id: UUID, wang: UUID
) -> None:
    shares = [{"employee": {"ref": number}, "share": "0.5"} for number in ("W1", "nobody")]
    split = {name: said for name, said in make_item(id="SO-1").items() if name != "employee"} | {"credits": shares}
    await crm.send(split)
    (waiting,) = await crm.observations(status="quarantined")
    link = (await crm.link("code", wang)).json()
    hr = bearer(make_hr(tenant_id, employee_id=wang))
    attempts = [
        ("POST", f"/v1/quarantine/{waiting['id']}/dismissal", {"reason": "a refund"}),
        ("POST", f"/v1/connections/{crm.connection_id}/identity-links", {"value": "S1", "employee_id": str(wang)}),
        ("PATCH", f"/v1/identity-links/{link['id']}", {"ends_on": "2025-01-01"}),
        ("DELETE", f"/v1/identity-links/{link['id']}", None),
    ]
    for method, url, body in attempts:
        refused = await client.request(method, url, json=body, headers=hr)
        assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties"), url
