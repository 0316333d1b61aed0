"""Observations over HTTP: each item has a fate of its own, and the newest revision counts."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.connector.wiring import Wiring
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_person
from tests.factories.connector import (
    System,
    make_department_changed,
    make_employee_changed,
    make_item,
    make_system,
    recorded,
    tell_connector,
)
from tests.factories.installation import Installation, announce_tenant, bearer
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


async def test_when_a_revision_moves_the_credit_the_first_person_is_told(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    li = make_employee_changed(work_number="W2")
    await tell_connector(wiring, tenant_id, li)
    item = make_item()
    await crm.send(item)
    await crm.send({**item, "revision": 1, "employee": {"ref": "W2"}, "value": "120"})
    moved = {event["subject_id"]: event for event in (await recorded(wiring, tenant_id))[1:]}
    assert (moved[str(wang)]["retracted"], moved[str(wang)]["revision"], moved[str(wang)]["value"]) == (
        True, 2, "100.00",
    )  # fmt: skip
    assert (moved[str(li.employee_id)]["retracted"], moved[str(li.employee_id)]["value"]) == (False, "120")


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


async def test_shares_split_a_value_exactly(crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID) -> None:
    others = [make_employee_changed(work_number=f"W{n}") for n in (2, 3)]
    await tell_connector(wiring, tenant_id, *others)
    shares = zip(("W1", "W2", "W3"), ("0.3333333333", "0.3333333333", "0.3333333334"), strict=True)
    credits_ = [{"employee": {"ref": number}, "share": share} for number, share in shares]
    item = make_item(credits=credits_, value="0.0000000001")
    del item["employee"]
    assert await crm.fates(item) == ["accepted"]
    parts = sorted(event["value"] for event in await recorded(wiring, tenant_id))
    assert parts == ["0.0000000000", "0.0000000000", "0.0000000001"]
    assert (await crm.totals())["counted"] == {"count": 1, "sum": "0.0000000001"}


async def test_departments_and_the_company_can_be_credited(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    risk = make_department_changed()
    await tell_connector(wiring, tenant_id, risk)
    by_code, by_id, company = (make_item(), make_item(), make_item())
    for item in (by_code, by_id, company):
        del item["employee"]
    by_code["department"] = {"code": "RISK"}
    by_id["department"] = {"id": str(risk.department_id)}
    company["company"] = True
    assert await crm.fates(by_code, by_id, company, make_item(employee={"id": str(wang)})) == ["accepted"] * 4
    subjects = [(event["subject_kind"], event["subject_id"]) for event in await recorded(wiring, tenant_id)]
    expected = [("department", str(risk.department_id))] * 2 + [("company", None), ("employee", str(wang))]
    assert sorted(subjects, key=str) == sorted(expected, key=str)


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


async def test_an_id_that_is_no_text_costs_its_own_item_alone(crm: System, wang: UUID) -> None:
    body = json.dumps({"source": crm.source, "items": [make_item(id="half a pair: \ud800"), make_item(id="SO-1")]})
    headers = crm.headers | {"Content-Type": "application/json"}
    answer = (await crm.client.post("/v1/observations", content=body, headers=headers)).json()
    assert [(item["status"], item.get("id")) for item in answer["items"]] == [("rejected", None), ("accepted", "SO-1")]
    assert answer["items"][0]["pointer"] == "/items/0/id"
    assert answer["items"][1]["employee_id"] == str(wang)


async def test_a_correction_may_split_what_was_whole_and_join_it_again(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await tell_connector(wiring, tenant_id, make_employee_changed(work_number="W2"))
    whole = make_item(id="SO-1", value="100.00")
    halves = [{"employee": {"ref": number}, "share": "0.5"} for number in ("W1", "W2")]
    split = {name: said for name, said in whole.items() if name != "employee"} | {"credits": halves}
    for revision, item in enumerate((whole, split, whole, split)):
        assert await crm.fates({**item, "revision": revision}) == ["replaced" if revision else "accepted"]
        (listed,) = await crm.observations()
        credited = [(credit["reference"], credit["share"], credit["value"]) for credit in listed["credits"]]
        assert credited == ([("W1", "1", "100")] if item is whole else [("W1", "0.5", "50"), ("W2", "0.5", "50")])
    assert len(await crm.observations(employee_id=str(wang))) == 1


async def test_what_colleagues_were_credited_is_theirs_to_see(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    colleague = make_employee_changed(work_number="W2")
    await tell_connector(wiring, tenant_id, colleague)
    halves = [{"employee": {"ref": number}, "share": share} for number, share in (("W1", "0.3"), ("W2", "0.7"))]
    split = {name: said for name, said in make_item(id="SO-1").items() if name != "employee"} | {"credits": halves}
    await crm.fates(split, make_item(id="SO-2"))
    corrected = {**split, "revision": 1, "value": "200.00"}
    await crm.fates(corrected)

    async def seen(caller: Principal, path: str = "") -> Any:
        response = await crm.client.get(f"/v1/observations{path}", headers=bearer(caller))
        assert response.status_code == 200, response.text
        return response.json()

    person = make_person(tenant_id, wang)
    listed = (await seen(person))["data"]
    assert [[credit["reference"] for credit in row["credits"]] for row in listed] == [["W1"], ["W1"]]
    whole = await seen(person, f"/{listed[0]['id']}")
    assert [(credit["reference"], credit["value"]) for credit in whole["credits"]] == [("W1", "60")]
    assert (whole["payload"], [past["payload"] for past in whole["history"]]) == (None, [None])
    assert (await seen(person, f"?employee_id={colleague.employee_id}"))["data"] == []
    everything = await seen(make_admin(tenant_id), f"/{listed[0]['id']}")
    assert [credit["reference"] for credit in everything["credits"]] == ["W1", "W2"]
    assert everything["payload"] == corrected
