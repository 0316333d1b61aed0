"""Business targets over HTTP: the newest document of a source holds, and every change leaves as an event."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.connector.wiring import Wiring
from shared.contracts.observations import BusinessTargetChanged
from tests.factories.access import make_hr
from tests.factories.connector import System, make_department_changed, make_system, tell_connector
from tests.factories.events import published
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio


async def put(erp: System, remote_id: str = "T-1", **fields: Any) -> httpx.Response:
    body = {
        "metric": "sales",
        "company": True,
        "starts_on": "2026-01-01",
        "ends_on": "2026-07-01",
        "value": "10000000",
        "currency": "CNY",
        **fields,
    }
    return await erp.client.put(f"/v1/business-targets/{erp.source}/{remote_id}", json=body, headers=erp.headers)


async def test_a_target_is_set_raised_and_the_same_again_changes_nothing(
    crm: System, wiring: Wiring, tenant_id: UUID
) -> None:
    first, again = await put(crm), await put(crm, value="10000000.00")
    raised = await put(crm, value="12000000")
    assert (first.status_code, first.json()["sequence"], again.json()) == (200, 1, first.json())
    assert (raised.json()["sequence"], raised.json()["id"]) == (2, first.json()["id"])
    events = await published(wiring.database, tenant_id, BusinessTargetChanged)
    assert [(event["sequence"], event["value"]) for event in events] == [(1, "10000000"), (2, "12000000")]
    listed = await crm.client.get("/v1/business-targets?metric=sales", headers=bearer(make_hr(tenant_id)))
    assert listed.json()["data"] == [raised.json()]


async def test_departments_and_employees_have_targets(crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID) -> None:
    risk = make_department_changed()
    await tell_connector(wiring, tenant_id, risk)
    of_department = await put(crm, "T-2", company=False, department={"code": "RISK"})
    of_employee = await put(crm, "T-3", company=False, employee={"ref": "W1"}, value="0")
    assert [
        (answer.json()["subject_kind"], answer.json()["subject_id"]) for answer in (of_department, of_employee)
    ] == [
        ("department", str(risk.department_id)),
        ("employee", str(wang)),
    ]


async def test_a_target_is_withdrawn_and_may_be_set_again(crm: System, wiring: Wiring, tenant_id: UUID) -> None:
    await put(crm)
    url = f"/v1/business-targets/{crm.source}/T-1"
    for _ in range(2):
        assert (await crm.client.delete(url, headers=crm.headers)).status_code == 204
    assert (await crm.get("/v1/business-targets"))["data"] == []
    assert (await put(crm)).json()["sequence"] == 3
    events = await published(wiring.database, tenant_id, BusinessTargetChanged)
    assert [event["deleted"] for event in events] == [False, True, False]
    unknown = await crm.client.delete(f"/v1/business-targets/{crm.source}/T-9", headers=crm.headers)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("fields", "status", "code", "pointer"),
    [
        ({"company": False}, 422, "subject_count", ""),
        ({"employee": {"ref": "W1"}}, 422, "subject_count", ""),
        ({"company": False, "employee": {"ref": "W9"}}, 404, "reference_not_found", "/employee/ref"),
        ({"company": False, "department": {"code": "NONE"}}, 404, "reference_not_found", "/department/code"),
        ({"company": False, "employee": {"id": str(uuid4())}}, 404, "reference_not_found", "/employee/id"),
        ({"ends_on": "2026-01-01"}, 422, "period_empty", "/ends_on"),
        ({"value": "1e15"}, 422, "request_invalid", "/value"),
        ({"currency": "RMB"}, 422, "request_invalid", "/currency"),
        ({"value": 12}, 422, "request_invalid", "/value"),
        ({"colour": "red"}, 422, "request_invalid", "/colour"),
    ],
)
async def test_a_wrong_target_is_refused(
    crm: System, fields: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    response = await put(crm, **fields)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_a_target_of_an_unknown_department_does_not_speak_of_people(crm: System) -> None:
    refused = await put(crm, company=False, department={"code": "NONE"})
    assert refused.json()["detail"] == "No department is known by this reference."


async def test_targets_belong_to_a_known_source_of_the_own_tenant(
    client: httpx.AsyncClient, installation: Installation, crm: System
) -> None:
    await put(crm)
    other = make_tenant()
    await announce_tenant(installation, other)
    stranger = System(client, other.tenant_id, "crm", "")
    assert (await put(stranger)).json()["code"] == "source_unknown"
    theirs = await make_system(client, other.tenant_id)
    assert (await theirs.get("/v1/business-targets"))["data"] == []


async def test_a_withdrawn_target_is_a_tombstone_for_who_asks(crm: System, tenant_id: UUID) -> None:
    gone, kept = (await put(crm, "T-1")).json(), (await put(crm, "T-2")).json()
    await crm.client.delete(f"/v1/business-targets/{crm.source}/T-1", headers=crm.headers)

    async def listed(query: str = "") -> list[Any]:
        response = await crm.client.get(f"/v1/business-targets{query}", headers=bearer(make_hr(tenant_id)))
        rows: list[Any] = response.json()["data"]
        return rows

    assert await listed() == [kept]
    tombstone, row = await listed("?include_deleted=true")
    assert row == kept
    assert (tombstone["id"], tombstone["deleted"], len(tombstone)) == (gone["id"], True, 3)
