"""Records over HTTP: one, many, twice, corrected, taken out."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.archive.wiring import Wiring
from tests.factories.access import make_hr
from tests.factories.archive import Archive, published, record_body
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio
PAST = {
    "starts_on": "2025-01-01",
    "ends_on": "2025-07-01",
    "metrics": [{"metric": "sales", "target": "1000000", "actual": "1260000.50"}],
    "total": "88.50",
    "grade": "good",
}


@pytest.fixture
async def employee(archive: Archive) -> str:
    return await archive.employee()


async def test_a_record_is_filed_shown_and_measured(archive: Archive, wiring: Wiring, employee: str) -> None:
    measured = [{"measure": "feedback.teamwork", "value": "85.00"}]
    body = record_body(note="Helps everybody", measurements=measured, remote_id="F-1")
    filed = await archive.post(f"employees/{employee}/records", body)
    assert filed["measurements"] == [{"measure": "feedback.teamwork", "value": "85"}]
    assert (await archive.read(f"employees/{employee}/records"))["data"] == [filed]
    [event] = await published(wiring, archive.tenant_id, "record.changed.v1")
    assert event["data"]["record_id"] == filed["id"]
    assert event["data"]["measurements"] == [{"measure": "feedback.teamwork", "value": "85.00"}]
    assert "note" not in event["data"]
    assert "title" not in event["data"]


async def test_the_same_remote_id_is_a_duplicate_and_other_content_a_correction(
    archive: Archive, wiring: Wiring, employee: str
) -> None:
    path = f"employees/{employee}/records"
    filed = await archive.post(path, record_body(remote_id="F-1"))
    duplicate = await archive.post(path, record_body(remote_id="F-1"), expect=200)
    corrected = await archive.post(path, record_body(remote_id="F-1", title="Corrected"), expect=200)
    assert duplicate == filed
    assert (corrected["id"], corrected["title"], corrected["sequence"]) == (filed["id"], "Corrected", 2)
    told = await published(wiring, archive.tenant_id, "record.changed.v1")
    assert [event["sequence"] for event in told] == ["1", "2"]


async def test_the_same_remote_id_at_once_is_filed_once(archive: Archive, employee: str) -> None:
    path, body = f"employees/{employee}/records", record_body(remote_id="F-1")
    answers = await asyncio.gather(*(archive.send("POST", path, body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len((await archive.read(path))["data"]) == 1


async def test_a_remote_id_stays_with_its_person(archive: Archive, employee: str) -> None:
    await archive.post(f"employees/{employee}/records", record_body(remote_id="F-1"))
    other = await archive.employee("S02")
    refused = await archive.post(f"employees/{other}/records", record_body(remote_id="F-1"), expect=409)
    assert refused["code"] == "remote_id_taken"


async def test_a_removed_record_leaves_a_tombstone_and_may_come_back(
    archive: Archive, wiring: Wiring, employee: str
) -> None:
    path = f"employees/{employee}/records"
    filed = await archive.post(path, record_body(remote_id="F-1"))
    for _ in range(2):
        assert (await archive.send("DELETE", f"records/{filed['id']}")).status_code == 204
    assert (await archive.read(path))["data"] == []
    back = await archive.post(path, record_body(remote_id="F-1"), expect=200)
    assert (back["id"], back["sequence"]) == (filed["id"], 3)
    told = await published(wiring, archive.tenant_id, "record.changed.v1")
    assert [(event["sequence"], event["data"]["deleted"]) for event in told] == [
        ("1", False),
        ("2", True),
        ("3", False),
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "gossip"}, "/kind"),
        ({"kind": "performance"}, "/performance"),
        ({"performance": PAST}, "/performance"),
        ({"kind": "performance", "performance": {**PAST, "ends_on": "2024-01-01"}}, "/performance/ends_on"),
        ({"kind": "performance", "performance": {**PAST, "total": "NaN"}}, "/performance/total"),
        ({"measurements": [{"measure": "Team work", "value": "1"}]}, "/measurements/0/measure"),
        ({"measurements": [{"measure": "a", "value": "1e15"}]}, "/measurements/0/value"),
        ({"measurements": [{"measure": "a", "value": "1"}, {"measure": "a", "value": "2"}]}, "/measurements"),
        ({"mood": "fine"}, "/mood"),
        ({"title": ""}, "/title"),
    ],
)
async def test_a_wrong_record_names_its_place(
    archive: Archive, employee: str, changes: dict[str, Any], pointer: str
) -> None:
    refused = await archive.post(f"employees/{employee}/records", record_body(**changes), expect=422)
    assert [error["pointer"] for error in refused["errors"]] == [pointer]


async def test_a_batch_gives_every_item_its_fate(archive: Archive, wiring: Wiring, employee: str) -> None:
    other = await archive.employee("S02")
    items = [
        record_body(employee_id=employee, remote_id="A"),
        record_body(employee_id=employee, remote_id="A"),
        record_body(employee_id=employee, remote_id="A", title="Corrected"),
        record_body(employee_id=other, remote_id="A"),
        record_body(employee_id=str(uuid4())),
        record_body(employee_id=employee, measurements=[{"measure": "a", "value": 1}]),
        "nonsense",
        record_body(employee_id=employee, kind="performance", performance=PAST),
    ]
    answer = await archive.post("records/batch", {"items": items}, expect=207)
    assert answer["summary"] == {"accepted": 2, "replaced": 1, "duplicate": 1, "rejected": 4}
    assert [(item["status"], item.get("pointer")) for item in answer["items"]] == [
        ("accepted", None),
        ("duplicate", None),
        ("replaced", None),
        ("rejected", "/items/3/remote_id"),
        ("rejected", "/items/4/employee_id"),
        ("rejected", "/items/5/measurements/0/value"),
        ("rejected", "/items/6"),
        ("accepted", None),
    ]
    told = await published(wiring, archive.tenant_id, "record.changed.v1")
    assert [event["sequence"] for event in told] == ["2", "1"]
    assert told[1]["data"]["performance"]["metrics"][0]["actual"] == "1260000.50"
    listed = (await archive.read(f"employees/{employee}/records?kind=performance"))["data"]
    assert listed[0]["performance"]["total"] == "88.5"


async def test_a_thousand_records_go_in_at_once_and_again_without_effect(archive: Archive, employee: str) -> None:
    items = [record_body(employee_id=employee, remote_id=f"F-{n}") for n in range(1000)]
    first = await archive.post("records/batch", {"items": items}, expect=200)
    again = await archive.post("records/batch", {"items": items}, expect=200)
    assert (first["summary"]["accepted"], again["summary"]["duplicate"]) == (1000, 1000)
    assert [item["record_id"] for item in again["items"]] == [item["record_id"] for item in first["items"]]


@pytest.mark.parametrize("items", [[], [{}] * 1001, {"a": 1}])
async def test_a_batch_that_is_no_batch_is_refused(archive: Archive, items: object) -> None:
    assert (await archive.post("records/batch", {"items": items}, expect=422))["errors"][0]["pointer"] == "/items"


async def test_nobody_writes_into_their_separation_of_duties(archive: Archive, employee: str) -> None:
    filed = await archive.post(f"employees/{employee}/records", record_body())
    own = bearer(make_hr(archive.tenant_id, employee_id=employee))
    refused = await archive.send("POST", f"employees/{employee}/records", record_body(), caller=own)
    removed = await archive.send("DELETE", f"records/{filed['id']}", caller=own)
    assert (refused.status_code, refused.json()["code"]) == (403, "separation_of_duties")
    assert (removed.status_code, removed.json()["code"]) == (403, "separation_of_duties")
