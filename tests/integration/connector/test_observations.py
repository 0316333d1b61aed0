"""Observations over HTTP: each item has a fate of its own, and the newest revision counts."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.connector.wiring import Wiring
from tests.factories.connector import System, make_item, make_system, recorded
from tests.factories.installation import Installation, announce_tenant
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def test_an_item_is_accepted_and_leaves_as_an_event(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    item = make_item(id="SO-1", revision=3, currency="CNY", dimensions={"channel": "direct"})
    response = await crm.send(item)
    answer = response.json()
    assert response.status_code == 200
    assert answer["summary"] == {
        "accepted": 1, "replaced": 0, "duplicate": 0, "ignored": 0, "quarantined": 0, "rejected": 0,
    }  # fmt: skip
    observation_id = answer["items"][0]["observation_id"]
    assert answer["items"] == [
        {"index": 0, "id": "SO-1", "status": "accepted", "observation_id": observation_id, "employee_id": str(wang)}
    ]
    assert await recorded(wiring, tenant_id) == [
        {
            "observation_id": observation_id,
            "revision": 1,
            "source": "crm",
            "remote_id": "SO-1",
            "measure": "order.amount",
            "subject_kind": "employee",
            "subject_id": str(wang),
            "value": "100.00",
            "currency": "CNY",
            "occurred_at": "2026-03-04T16:15:00+08:00",
            "credit_date": "2026-03-04",
            "cohort_date": None,
            "dimensions": {"channel": "direct"},
            "retracted": False,
        }
    ]


async def test_an_observation_can_be_read_with_what_was_sent(crm: System, wang: UUID) -> None:
    item = make_item(value="1999.00")
    await crm.send(item)
    (listed,) = await crm.observations()
    whole = await crm.get(f"/v1/observations/{listed['id']}")
    assert whole["payload"] == item
    assert (whole["source"], whole["status"], whole["value"], whole["history"]) == ("crm", "counted", "1999", [])
    assert [(c["reference"], c["share"], c["value"], c["subject_id"]) for c in whole["credits"]] == [
        ("W1", "1", "1999", str(wang))
    ]


@pytest.mark.parametrize(
    ("sent", "told", "shown"), [("1e3", "1000", "1000"), ("2.50e-8", "0.0000000250", "0.000000025")]
)
async def test_a_value_with_an_exponent_travels_and_is_shown_without(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID, *, sent: str, told: str, shown: str
) -> None:
    assert await crm.fates(make_item(value=sent)) == ["accepted"]
    (event,) = await recorded(wiring, tenant_id)
    (listed,) = await crm.observations()
    assert (event["value"], listed["value"]) == (told, shown)


async def test_the_same_again_is_a_duplicate_and_counts_once(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    item = make_item()
    other_spelling = {**item, "value": "100.0", "occurred_at": "2026-03-04T08:15:00Z"}
    assert await crm.fates(item, item) == ["accepted", "duplicate"]
    again = await crm.send(item, other_spelling)
    assert again.status_code == 200
    assert again.json()["summary"]["duplicate"] == 2
    assert len(await recorded(wiring, tenant_id)) == 1
    totals = await crm.totals()
    assert (totals["received"], totals["duplicates"]) == ({"count": 1, "sum": "100"}, 3)


async def test_a_higher_revision_replaces_and_a_lower_one_is_ignored(crm: System, wang: UUID) -> None:
    item = make_item()
    assert await crm.fates({**item, "revision": 5, "value": "70"}) == ["accepted"]
    assert await crm.fates({**item, "revision": 7, "value": "80"}) == ["replaced"]
    assert await crm.fates({**item, "revision": 6, "value": "90"}) == ["ignored"]
    totals = await crm.totals()
    assert totals["counted"] == {"count": 1, "sum": "80"}
    assert (totals["corrections"], totals["ignored"]) == (1, 1)
    (listed,) = await crm.observations()
    whole = await crm.get(f"/v1/observations/{listed['id']}")
    assert [(past["revision"], past["payload"]["value"]) for past in whole["history"]] == [(5, "70")]
    assert (whole["revision"], whole["decision"]) == (7, 2)


async def test_revisions_inside_one_batch_are_taken_in_order(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    item = make_item()
    fates = await crm.fates(item, {**item, "revision": 2, "value": "5"}, {**item, "revision": 1}, make_item())
    assert fates == ["accepted", "replaced", "ignored", "accepted"]
    values = {event["remote_id"]: (event["revision"], event["value"]) for event in await recorded(wiring, tenant_id)}
    assert values[item["id"]] == (2, "5")
    (first, _) = sorted(await crm.observations(), key=lambda row: row["remote_id"] != item["id"])
    assert len((await crm.get(f"/v1/observations/{first['id']}"))["history"]) == 1


async def test_another_payload_under_the_same_revision_is_refused(crm: System, wang: UUID) -> None:
    item = make_item()
    await crm.send(item)
    response = await crm.send(make_item(), {**item, "value": "7"})
    answer = response.json()["items"][1]
    assert response.status_code == 207
    assert (answer["status"], answer["code"], answer["pointer"]) == (
        "rejected", "revision_conflict", "/items/1/revision",
    )  # fmt: skip
    assert (await crm.totals())["counted"]["sum"] == "200"


async def test_a_retraction_takes_back_and_a_revision_above_brings_back(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    item = make_item()
    await crm.send(item)
    assert await crm.fates({"id": item["id"], "revision": 1, "retracted": True}) == ["replaced"]
    totals = await crm.totals()
    assert (totals["received"]["count"], totals["retracted"]) == (0, {"count": 1, "sum": "100"})
    assert (await recorded(wiring, tenant_id))[-1]["retracted"] is True
    assert await crm.fates({**item, "revision": 2}) == ["replaced"]
    assert (await crm.totals())["counted"]["count"] == 1


async def test_the_retraction_of_an_unknown_record_keeps_older_revisions_out(crm: System, wang: UUID) -> None:
    item = make_item()
    assert await crm.fates({"id": item["id"], "revision": 4, "retracted": True}) == ["accepted"]
    assert await crm.fates({**item, "revision": 3}) == ["ignored"]
    assert [row["status"] for row in await crm.observations()] == ["retracted"]


async def test_another_tenant_sees_and_touches_nothing(
    client: httpx.AsyncClient, installation: Installation, crm: System, wang: UUID
) -> None:
    item = make_item()
    await crm.send(item)
    (mine,) = await crm.observations()
    other = make_tenant()
    await announce_tenant(installation, other)
    theirs = await make_system(client, other.tenant_id)
    assert await theirs.observations() == []
    found = await client.get(f"/v1/observations/{mine['id']}", headers=theirs.headers)
    assert found.status_code == 404
    assert await theirs.fates(item, make_item(employee={"id": str(wang)})) == ["quarantined", "quarantined"]
    assert [row["status"] for row in await crm.observations()] == ["counted"]


async def test_lists_are_narrowed_by_source_measure_employee_and_status(
    client: httpx.AsyncClient, tenant_id: UUID, crm: System, wang: UUID
) -> None:
    erp = await make_system(client, tenant_id, "erp")
    await crm.send(make_item(id="a"), make_item(id="b", measure="lead.won"), make_item(id="c", employee={"ref": "?"}))
    await erp.send(make_item(id="d"))

    async def ids(**params: Any) -> str:
        return "".join(row["remote_id"] for row in await crm.observations(**params))

    assert await ids(source="crm") == "abc"
    assert await ids(measure="order.amount") == "acd"
    assert await ids(employee_id=str(wang)) == "abd"
    assert await ids(status="quarantined") == "c"
