"""The built-in connection: what the archive's records measure becomes observations."""

from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from services.connector.wiring import Wiring
from shared.contracts.records import Measurement
from tests.factories.connector import (
    System,
    make_employee_changed,
    make_item,
    make_record_changed,
    recorded,
    tell_connector,
)

pytestmark = pytest.mark.anyio


async def test_a_measured_record_counts_for_its_employee(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    record = make_record_changed(wang)
    await tell_connector(wiring, tenant_id, record)
    await tell_connector(wiring, tenant_id, record)
    (event,) = await recorded(wiring, tenant_id)
    assert (event["source"], event["remote_id"]) == ("archive", f"{record.record_id}/feedback.teamwork")
    assert (event["subject_id"], event["value"], event["credit_date"]) == (str(wang), "85", "2026-03-04")
    (row,) = await crm.observations(source="archive")
    assert (row["revision"], row["status"]) == (1, "counted")
    assert {row["key"] for row in (await crm.get("/v1/connections"))["data"]} == {"archive", "crm"}


async def test_a_changed_record_corrects_and_retracts(crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID) -> None:
    both = tuple(Measurement(measure=f"feedback.{name}", value=Decimal(80)) for name in ("teamwork", "service"))
    record = make_record_changed(wang, measurements=both)
    one = record.model_copy(
        update={"sequence": 2, "measurements": (Measurement(measure="feedback.teamwork", value=Decimal(90)),)}
    )
    await tell_connector(wiring, tenant_id, record, one)
    rows = {row["measure"]: (row["status"], row["value"]) for row in await crm.observations(source="archive")}
    assert rows == {"feedback.teamwork": ("counted", "90"), "feedback.service": ("retracted", "80")}
    await tell_connector(wiring, tenant_id, record.model_copy(update={"sequence": 3, "deleted": True}), record)
    assert {row["status"] for row in await crm.observations(source="archive")} == {"retracted"}


@pytest.mark.parametrize("deleted", [False, True])
async def test_what_a_record_measured_before_does_not_come_back_when_it_is_told_late(
    crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID, *, deleted: bool
) -> None:
    both = tuple(Measurement(measure=f"feedback.{name}", value=Decimal(80)) for name in ("teamwork", "service"))
    record = make_record_changed(wang, measurements=both)
    kept = both if deleted else both[:1]
    later = record.model_copy(update={"sequence": 2, "measurements": kept, "deleted": deleted})
    await tell_connector(wiring, tenant_id, later)
    await tell_connector(wiring, tenant_id, record)
    counted = [row["measure"] for row in await crm.observations(source="archive") if row["status"] == "counted"]
    assert counted == ([] if deleted else ["feedback.teamwork"])


async def test_a_record_of_an_employee_not_known_yet_waits(crm: System, wiring: Wiring, tenant_id: UUID) -> None:
    li = make_employee_changed()
    await tell_connector(wiring, tenant_id, make_record_changed(li.employee_id))
    assert [row["status"] for row in await crm.observations()] == ["quarantined"]
    await tell_connector(wiring, tenant_id, li)
    assert [row["status"] for row in await crm.observations()] == ["counted"]


async def test_nobody_else_writes_over_the_built_in_connection(
    client: httpx.AsyncClient, crm: System, wiring: Wiring, tenant_id: UUID, wang: UUID
) -> None:
    await tell_connector(wiring, tenant_id, make_record_changed(wang))
    intruder = System(client, tenant_id, "archive", "")
    response = await intruder.send(make_item())
    assert (response.status_code, response.json()["code"]) == (409, "connection_built_in")
