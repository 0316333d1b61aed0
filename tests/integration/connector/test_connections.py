"""Connections over HTTP, their silence, and completeness against control totals."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.connector.store.unit_of_work import UnitOfWork
from services.connector.usecases.announce_silence import announce_silence
from services.connector.wiring import Wiring
from shared.contracts.observations import CompletenessDeclared, ConnectionStale
from shared.core.clock import FixedClock, SystemClock
from shared.kit.unit_of_work import Works
from tests.factories.access import make_admin, make_hr, make_person
from tests.factories.connector import System, make_item, make_system
from tests.factories.events import published
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def declare(crm: System, **fields: Any) -> httpx.Response:
    body = {
        "source": crm.source,
        "measure": "order.amount",
        "starts_on": "2026-03-01",
        "complete_through": "2026-03-31",
        **fields,
    }
    return await crm.client.post("/v1/completeness", json=body, headers=crm.headers)


async def test_a_connection_is_created_changed_and_listed(
    client: httpx.AsyncClient, crm: System, tenant_id: UUID
) -> None:
    url, admin = f"/v1/connections/{crm.connection_id}", bearer(make_admin(tenant_id))
    changed = await client.patch(url, json={"stale_after_hours": 2}, headers=admin | {"If-Match": '"1"'})
    stale = await client.patch(url, json={"name": "X"}, headers=admin | {"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["stale_after_hours"], changed.json()["name"]) == (200, 2, "CRM")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
    read = await client.get(url, headers=bearer(make_hr(tenant_id)))
    assert (read.json(), read.headers["etag"]) == (changed.json(), '"2"')
    assert (await crm.get("/v1/connections"))["data"] == [read.json()]


async def test_a_key_in_use_a_reserved_key_and_a_wrong_key_are_refused(
    client: httpx.AsyncClient, crm: System, tenant_id: UUID
) -> None:
    for key, status, code in (
        ("crm", 409, "already_exists"),
        ("archive", 409, "connection_built_in"),
        ("C R M", 422, "request_invalid"),
    ):
        response = await client.post(
            "/v1/connections", json={"key": key, "name": "x"}, headers=bearer(make_admin(tenant_id))
        )
        assert (response.status_code, response.json()["code"]) == (status, code)


async def test_only_administrators_and_scoped_systems_configure(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    for caller in (make_hr(tenant_id), make_person(tenant_id, uuid4())):
        response = await client.post("/v1/connections", json={"key": "crm", "name": "x"}, headers=bearer(caller))
        assert response.status_code == 403
    people = bearer(make_person(tenant_id, uuid4()))
    assert (await client.get("/v1/connections", headers=people)).status_code == 403


async def test_connections_of_another_tenant_are_not_there(
    client: httpx.AsyncClient, installation: Installation, crm: System
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    theirs = await make_system(client, other.tenant_id)
    for path in ("", "/totals?starts_on=2026-01-01&ends_on=2026-02-01", "/identity-links"):
        response = await client.get(f"/v1/connections/{crm.connection_id}{path}", headers=theirs.headers)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_agreeing_totals_declare_and_late_data_is_flagged(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await crm.send(make_item(value="70"), make_item(value="30", employee={"ref": "?"}))
    response = await declare(crm, count=2, sum="100.00")
    assert (response.status_code, response.json()) == (
        200,
        {
            "agrees": True,
            "expected": {"count": 2, "sum": "100"},
            "received": {"count": 2, "sum": "100"},
            "counted": {"count": 1, "sum": "70"},
            "quarantined": {"count": 1, "sum": "30"},
            "dismissed": {"count": 0, "sum": "0"},
        },
    )
    late = (await crm.send(make_item(), make_item(credit_date="2026-04-01"))).json()["items"]
    assert [item.get("late", False) for item in late] == [True, False]
    assert await published(wiring.database, tenant_id, CompletenessDeclared) == [
        {"source": "crm", "measure": "order.amount", "complete_through": "2026-03-31", "ended": False}
    ]
    assert (await crm.totals())["complete_through"] == "2026-03-31"


async def test_differing_totals_declare_nothing_unless_that_is_accepted(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await crm.send(make_item(), make_item(id="x"), {"id": "x", "revision": 1, "retracted": True})
    refused = await declare(crm, count=3, sum="100")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "control_totals_differ")
    assert [(each["pointer"], each["detail"]) for each in problem["errors"]] == [
        ("/count", "The source counts 3; 1 have arrived.")
    ]
    assert await published(wiring.database, tenant_id, CompletenessDeclared) == []
    accepted = await declare(crm, count=3, accept_difference=True)
    assert (accepted.status_code, accepted.json()["agrees"]) == (200, False)
    assert len(await published(wiring.database, tenant_id, CompletenessDeclared)) == 1


async def test_a_measure_of_which_nothing_came_is_shown_as_complete(crm: System, wang: UUID) -> None:
    await crm.send(make_item(measure="lead.won"))
    await declare(crm, measure="lead.created", count=0)
    path = f"/v1/connections/{crm.connection_id}/totals"
    won, created = (await crm.get(path, starts_on="2026-03-01", ends_on="2026-04-01"))["data"][::-1]
    assert (won["measure"], won["complete_through"]) == ("lead.won", None)
    assert (created["measure"], created["received"]["count"], created["duplicates"]) == ("lead.created", 0, 0)
    assert created["complete_through"] == "2026-03-31"


async def test_a_watermark_never_moves_back(crm: System, wiring: Wiring, tenant_id: UUID) -> None:
    for day in ("2026-03-31", "2026-03-15", "2026-03-31"):
        assert (await declare(crm, complete_through=day)).status_code == 200
    assert len(await published(wiring.database, tenant_id, CompletenessDeclared)) == 1


async def test_for_a_source_that_has_ended_nobody_waits(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await crm.send(make_item(credit_date="2026-03-31"))
    for _ in range(2):
        assert (await declare(crm, ended=True)).status_code == 200
    (told,) = await published(wiring.database, tenant_id, CompletenessDeclared)
    assert (told["complete_through"], told["ended"]) == ("2026-03-31", True)
    totals = await crm.totals()
    assert (totals["complete_through"], totals["ended"]) == ("2026-03-31", True)
    (item,) = (await crm.send(make_item(credit_date="2026-04-01"))).json()["items"]
    assert (item["status"], item["late"]) == ("accepted", True)
    refused = await declare(crm, complete_through="2026-04-30")
    assert (refused.status_code, refused.json()["code"]) == (409, "source_ended")


async def test_a_source_that_has_sent_later_days_has_not_ended(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await crm.send(make_item(id="x", credit_date="2026-04-01"))
    refused = await declare(crm, ended=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "source_goes_on")
    assert await published(wiring.database, tenant_id, CompletenessDeclared) == []
    await crm.send({"id": "x", "revision": 1, "retracted": True})
    assert (await declare(crm, ended=True)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "code", "pointer"),
    [
        ({"complete_through": "2199-01-01"}, 409, "day_not_over", "/complete_through"),
        ({"complete_through": "2026-01-31"}, 422, "period_empty", "/complete_through"),
        ({"source": "erp"}, 404, "source_unknown", "/source"),
        ({"count": -1}, 422, "request_invalid", "/count"),
        ({"sum": 1.5}, 422, "request_invalid", "/sum"),
        ({"colour": "red"}, 422, "request_invalid", "/colour"),
    ],
)
async def test_a_wrong_declaration_is_refused(
    crm: System, fields: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    response = await declare(crm, **fields)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_totals_hold_only_the_days_asked_for(crm: System, wang: UUID) -> None:
    await crm.send(
        make_item(credit_date="2026-03-01"), make_item(credit_date="2026-04-01"), make_item(measure="lead.won")
    )
    path = f"/v1/connections/{crm.connection_id}/totals"
    rows = (await crm.get(path, starts_on="2026-03-01", ends_on="2026-04-01"))["data"]
    assert [(row["measure"], row["received"]["count"]) for row in rows] == [("lead.won", 1), ("order.amount", 1)]
    empty = await crm.client.get(path, params={"starts_on": "2026-03-01", "ends_on": "2026-03-01"}, headers=crm.headers)
    assert (empty.status_code, empty.json()["code"]) == (422, "period_empty")
    assert [error["pointer"] for error in empty.json()["errors"]] == ["#/query/ends_on"]


async def test_silence_is_announced_once_and_ended_by_the_next_message(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    erp = await make_system(client, tenant_id, "erp", stale_after_hours=2)
    await make_system(client, tenant_id, "patient", stale_after_hours=200)
    await make_system(client, tenant_id, "unwatched")
    clock = FixedClock(SystemClock().now() + timedelta(hours=3))
    work = Works(wiring.database, UnitOfWork, clock=clock).of(tenant_id)
    await announce_silence(work)
    await announce_silence(work)
    stale = await published(wiring.database, tenant_id, ConnectionStale)
    assert [event["source"] for event in stale] == ["erp"]
    assert (await erp.get(f"/v1/connections/{erp.connection_id}"))["stale_since"] is not None
    await erp.send(make_item())
    assert (await erp.get(f"/v1/connections/{erp.connection_id}"))["stale_since"] is None
    await announce_silence(work)
    assert len(await published(wiring.database, tenant_id, ConnectionStale)) == 2
