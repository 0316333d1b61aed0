"""Who is credited with an observation: one, several with exact shares, a department, the company."""

from typing import Any
from uuid import UUID

import pytest

from services.connector.wiring import Wiring
from shared.core.access import Principal
from tests.factories.access import make_admin, make_person
from tests.factories.connector import (
    System,
    make_department_changed,
    make_employee_changed,
    make_item,
    recorded,
    tell_connector,
)
from tests.factories.installation import bearer

pytestmark = pytest.mark.anyio


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
