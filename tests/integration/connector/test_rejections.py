"""What cannot be taken costs its own item alone; what is no batch is refused whole."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.factories.access import make_admin, make_client
from tests.factories.connector import System, make_item
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"colour": "red"}, "extra_forbidden", "/colour"),
        ({"value": 100.0}, "decimal_string_required", "/value"),
        ({"value": "ten"}, "number_invalid", "/value"),
        ({"value": "NaN"}, "number_invalid", "/value"),
        ({"value": "1e400"}, "number_too_large", "/value"),
        ({"value": "1000000000000000"}, "number_too_large", "/value"),
        ({"value": "0.00000000001"}, "number_too_precise", "/value"),
        ({"value": None}, "missing", "/value"),
        ({"id": ""}, "string_too_short", "/id"),
        ({"id": 7}, "string_type", "/id"),
        ({"revision": -1}, "greater_than_equal", "/revision"),
        ({"revision": 2**63}, "less_than", "/revision"),
        ({"revision": "1"}, "int_type", "/revision"),
        ({"revision": True}, "int_type", "/revision"),
        ({"measure": "Order Amount"}, "string_pattern_mismatch", "/measure"),
        ({"currency": "yuan"}, "string_pattern_mismatch", "/currency"),
        ({"currency": "RMB"}, "currency_invalid", "/currency"),
        ({"occurred_at": "2026-03-04T16:15:00"}, "timezone_aware", "/occurred_at"),
        ({"occurred_at": 1772611200}, "iso_8601_required", "/occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "greater_than_equal", "/occurred_at"),
        ({"credit_date": "20260304"}, "iso_8601_required", "/credit_date"),
        ({"credit_date": "2026-02-30"}, "date_from_datetime_parsing", "/credit_date"),
        ({"employee": {}}, "reference_count", "/employee"),
        ({"employee": {"id": "W1"}}, "uuid_parsing", "/employee/id"),
        ({"employee": {"ref": "W1", "id": "01902d6e-0000-7000-8000-000000000000"}}, "reference_count", "/employee"),
        ({"employee": {"ref": "W1", "name": "x"}}, "extra_forbidden", "/employee/name"),
        ({"company": True}, "subject_count", ""),
        ({"employee": None}, "subject_count", ""),
        ({"dimensions": {"channel": 1}}, "string_type", "/dimensions/channel"),
        ({"employee": None, "credits": [{"employee": {"ref": "W1"}, "share": "0.9"}]}, "shares_not_one", "/credits"),
        (
            {"employee": None, "credits": [{"employee": {"ref": "W1"}, "share": "0.5"}] * 2},
            "credit_repeated",
            "/credits/1",
        ),
        (
            {
                "employee": None,
                "credits": [
                    {"employee": {"ref": "W1"}, "share": "1.5"},
                    {"employee": {"ref": "W2"}, "share": "-0.5"},
                ],
            },
            "share_not_positive",
            "/credits/1/share",
        ),
    ],
)
async def test_a_wrong_item_names_its_wrong_place_and_the_others_go_on(
    crm: System, wang: UUID, change: dict[str, Any], code: str, pointer: str
) -> None:
    response = await crm.send(make_item(), make_item(**change), make_item())
    answer = response.json()
    assert response.status_code == 207
    assert [item["status"] for item in answer["items"]] == ["accepted", "rejected", "accepted"]
    wrong = answer["items"][1]
    assert (wrong["code"], wrong["pointer"], wrong["retryable"]) == (code, f"/items/1{pointer}", False)


@pytest.mark.parametrize("item", [None, 7, "SO-1", [], {}])
async def test_what_is_no_item_at_all_is_rejected_alone(crm: System, wang: UUID, item: object) -> None:
    answer = (await crm.send(item, make_item())).json()
    assert [each["status"] for each in answer["items"]] == ["rejected", "accepted"]


@pytest.mark.parametrize(
    "body", [[], {"source": "crm"}, {"source": "crm", "items": []}, {"source": "crm", "items": {}}]
)
async def test_a_body_that_is_no_batch_is_refused(crm: System, body: object) -> None:
    response = await crm.client.post("/v1/observations", json=body, headers=crm.headers)
    assert (response.status_code, response.json()["code"]) == (422, "request_invalid")


async def test_a_nul_character_is_refused(crm: System) -> None:
    response = await crm.send(make_item(id="SO\x00"))
    assert (response.status_code, response.json()["code"]) == (422, "nul_refused")


async def test_a_batch_over_the_limit_is_refused_whole(crm: System) -> None:
    response = await crm.send(*[make_item()] * 1001)
    assert (response.status_code, response.json()["code"]) == (413, "batch_too_large")


@pytest.mark.parametrize(
    ("source", "status", "code"), [("erp", 404, "source_unknown"), ("archive", 404, "source_unknown")]
)
async def test_an_unknown_source_is_refused(crm: System, source: str, status: int, code: str) -> None:
    body = {"source": source, "items": [make_item()]}
    response = await crm.client.post("/v1/observations", json=body, headers=crm.headers)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_persons_may_not_write_observations(crm: System, tenant_id: UUID) -> None:
    for caller in (make_admin(tenant_id), make_client(tenant_id, "observations:read")):
        body = {"source": "crm", "items": [make_item()]}
        response = await crm.client.post("/v1/observations", json=body, headers=bearer(caller))
        assert (response.status_code, response.json()["code"]) == (403, "not_permitted")


async def test_an_id_that_is_no_text_costs_its_own_item_alone(crm: System, wang: UUID) -> None:
    body = json.dumps({"source": crm.source, "items": [make_item(id="half a pair: \ud800"), make_item(id="SO-1")]})
    headers = crm.headers | {"Content-Type": "application/json"}
    answer = (await crm.client.post("/v1/observations", content=body, headers=headers)).json()
    assert [(item["status"], item.get("id")) for item in answer["items"]] == [("rejected", None), ("accepted", "SO-1")]
    assert answer["items"][0]["pointer"] == "/items/0/id"
    assert answer["items"][1]["employee_id"] == str(wang)
