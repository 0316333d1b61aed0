"""Whoever decides about one target decides by its cascade about no other than they may."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_hr
from tests.factories.procedure import SALES
from tests.factories.procedure_company import JOINED, Company
from tests.integration.performance.procedure.test_target_history import target_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
OTHERS = {"value": "1499000", "reason": "agreed"}


async def opened(company: Company, **terms: Any) -> Json:
    """Open a cycle in which three of sales and one of HR share a target of 3,000,000."""
    company.people |= {"s4": company.people["hr_staff"]}
    await company.tell(company.employee("s4", "HR", sequence=2))
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle: Json = await company.open_cycle(**terms)
    return cycle


def staff(company: Company, name: str) -> Principal:
    """Give somebody who works for HR, for the whole company."""
    return make_hr(company.tenant.tenant_id, subject=f"hr-{name}", employee_id=company.people[name])


def confined(company: Company, *codes: str) -> Principal:
    return make_hr(company.tenant.tenant_id, hr_departments=tuple(company.departments[code] for code in codes))


async def of_department(company: Company, cycle: Json, code: str) -> Json:
    found = await company.targets(cycle, subject_kind="department", metric="sales")
    (target,) = [each for each in found if each["subject_id"] == str(company.departments[code])]
    return target


async def refused(company: Company, target: Json, body: Json, by: Principal, method: str = "PUT") -> tuple[int, str]:
    answer = await company.ask(method, f"/v1/targets/{target['id']}/override", body, by=by)
    return answer.status_code, answer.json().get("code", "")


async def test_confined_hr_moves_no_target_beyond_its_reach(company: Company) -> None:
    cycle = await opened(company)
    before, sales = await company.values(cycle), confined(company, "SALES")
    department = await of_department(company, cycle, "SALES")
    body = {"value": "2900000", "reason": "agreed"}
    assert await refused(company, await target_of(company, cycle, "s4"), OTHERS, sales) == (404, "not_found")
    assert await refused(company, department, body, sales) == (403, "targets_beyond_reach")
    assert await company.values(cycle) == before
    assert (await refused(company, await target_of(company, cycle, "s1"), OTHERS, sales))[0] == 200
    after = await company.values(cycle)
    assert (after["s1"], after["s2"], after["s4"]) == ("1499000", "375500.00", before["s4"])
    for reader in (confined(company, "SALES", "HR"), make_client(company.tenant.tenant_id, "cycles:write")):
        assert (await refused(company, department, body, reader))[0] == 200
        assert (await company.values(cycle))["s4"] == "100000.00"
        lifted = await refused(company, department, {}, sales, "DELETE")
        assert lifted == (403, "targets_beyond_reach")
        assert (await refused(company, department, {}, reader, "DELETE"))[0] == 200


async def test_confined_hr_sets_what_moves_nobody_elsewhere(company: Company) -> None:
    cycle, admin = await opened(company), make_admin(company.tenant.tenant_id)
    department, other = [await of_department(company, cycle, code) for code in ("SALES", "HR")]
    kept = {"value": "750000", "reason": "settled"}
    assert (await refused(company, other, kept, admin))[0] == 200
    assert (await refused(company, department, OTHERS, confined(company, "SALES")))[0] == 200
    assert (await company.values(cycle))["s4"] == "750000.00"


async def test_who_comes_elsewhere_keeps_confined_hr_from_nothing(company: Company) -> None:
    cycle = await opened(company)
    await company.move_clock("2026-02-02")
    company.people |= {name: uuid4() for name in ("s5", "s6")}
    await company.tell(company.employee("s5", "HR"), company.employee("s6", "SALES"))
    before = await company.values(cycle)
    body = {"value": "800000", "reason": "agreed", "confirm_tightening": True}
    assert (await refused(company, await target_of(company, cycle, "s1"), body, confined(company, "SALES")))[0] == 200
    shared = {"s1": "800000", "s2": "483333.34", "s3": "483333.33", "s6": "483333.33"}
    assert await company.values(cycle) == before | shared
    department = await of_department(company, cycle, "SALES")
    assert (department["value"], department["unassigned"]) == ("2250000.00", "0")


async def test_nobody_moves_their_own_target_through_colleagues(company: Company) -> None:
    cycle = await opened(company)
    before = await company.values(cycle)
    for name in ("s2", "s3"):
        target = await target_of(company, cycle, name)
        assert await refused(company, target, OTHERS, staff(company, "s1")) == (403, "separation_of_duties")
    top, sales, own = (
        (await company.targets(cycle, subject_kind="company", metric="sales"))[0],
        await of_department(company, cycle, "SALES"),
        await of_department(company, cycle, "HR"),
    )
    for target, body in ((top, {**OTHERS, "value": "2000000"}), (sales, OTHERS), (own, OTHERS)):
        assert await refused(company, target, body, staff(company, "s1")) == (403, "separation_of_duties")
    assert await company.values(cycle) == before
    assert (await refused(company, await target_of(company, cycle, "s4"), OTHERS, staff(company, "s1")))[0] == 200


async def test_nor_a_head_that_of_the_department(company: Company) -> None:
    cycle = await opened(company)
    sales = await of_department(company, cycle, "SALES")
    assert await refused(company, sales, OTHERS, company.hr) == (403, "separation_of_duties")
    assert (await refused(company, await target_of(company, cycle, "s1"), OTHERS, company.hr))[0] == 200


async def test_nor_whoever_is_scored_by_a_department_s(company: Company) -> None:
    company.people |= {"s4": company.people["hr_staff"]}
    await company.tell(company.employee("s4", "HR", sequence=2))
    await company.send("POST", "/v1/metrics", {**SALES, "level": "department"}, by=company.hr)
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    for code in ("SALES", "HR"):
        target = await of_department(company, cycle, code)
        assert await refused(company, target, OTHERS, staff(company, "s1")) == (403, "separation_of_duties")
    target = await of_department(company, cycle, "SALES")
    assert (await refused(company, target, OTHERS, staff(company, "gm")))[0] == 200


async def test_nor_whoever_was_scored_there_before_a_transfer(company: Company) -> None:
    await company.send("POST", "/v1/metrics", {**SALES, "level": "department"}, by=company.hr)
    spells = [
        company.employee("s1", code, sequence=2, starts_on=starts_on, ends_on=ends_on).employments[0]
        for code, starts_on, ends_on in (("SALES", JOINED, date(2026, 4, 1)), ("GM", date(2026, 4, 1), None))
    ]
    moved = company.employee("s1", "GM", sequence=2).model_copy(update={"employments": tuple(spells)})
    await company.tell(moved)
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    now = await of_department(company, cycle, "GM")
    assert (await refused(company, now, OTHERS, make_admin(company.tenant.tenant_id)))[0] == 200, "which stays now"
    target = await of_department(company, cycle, "SALES")
    assert await refused(company, target, OTHERS, staff(company, "s1")) == (403, "separation_of_duties")


async def test_what_the_business_wants_is_confirmed_by_whom_it_does_not_concern(company: Company) -> None:
    cycle = await opened(company)
    await company.tell(company.business_target("6000000", sequence=2))
    [top] = await company.targets(cycle, subject_kind="company", metric="sales")
    path = f"/v1/targets/{top['id']}/confirmation"
    for body in (None, {"effect": "next_cycle"}):
        answer = await company.ask("POST", path, body, by=staff(company, "s1"))
        assert (answer.status_code, answer.json()["code"]) == (403, "separation_of_duties")
    await company.send("POST", path, by=staff(company, "gm"))
    assert (await company.values(cycle))["s1"] == "1500000.00"


async def test_a_simulation_is_applied_by_whom_its_cascade_does_not_concern(company: Company) -> None:
    cycle = await opened(company)
    path = f"/v1/cycles/{cycle['id']}/simulations"
    target = {"target_id": (await target_of(company, cycle, "s2"))["id"], "value": "1499000"}
    made = await company.send("POST", path, {"targets": [target]}, by=staff(company, "s1"))
    apply, reason = f"{path}/{made['id']}/application", {"reason": "as decided"}
    answer = await company.ask("POST", apply, reason, by=staff(company, "s1"))
    assert (answer.status_code, answer.json()["code"]) == (403, "separation_of_duties")
    await company.send("POST", apply, reason, by=staff(company, "gm"))
    assert (await company.values(cycle))["s2"] == "1499000"


@pytest.mark.parametrize("basis", ["historical", "fte", "eligible_days"])
async def test_a_portion_tells_nobody_what_others_did_or_how_much_they_work(company: Company, basis: str) -> None:
    for name, actual in (("s1", "700000"), ("s2", "500000")):
        await company.tell(company.past(name, 2025, actual))
    cycle = await opened(company, cascade={"departments": basis, "people": basis})
    path = f"/v1/cycles/{cycle['id']}/targets?metric=sales"

    async def portions(by: Principal) -> dict[str, Any]:
        listed = (await company.send("GET", path, by=by))["data"]
        return {each["subject_id"] or "": each["portion"] for each in listed if each["subject_kind"] != "company"}

    person, department = str(company.people["s1"]), str(company.departments["SALES"])
    everything = await portions(make_admin(company.tenant.tenant_id))
    assert everything[person]["basis"] == everything[department]["basis"] == basis
    assert await portions(company.person("s1")) == {person: None}
    for reader in (company.person("sales_head"), confined(company, "SALES")):
        theirs = await portions(reader)
        assert (theirs[person], theirs[department]) == (everything[person], None)
    assert await portions(company.person("gm")) == everything
    (own,) = (await company.send("GET", f"{path}&subject_kind=employee", by=company.person("s1")))["data"]
    moves = await company.send("GET", f"/v1/targets/{own['id']}/history", by=company.person("s1"))
    of = everything[person]["of"]
    assert not [each for each in (own, *moves["data"]) if f" of {of}" in each["reason"]["en"]]


async def test_answers_to_who_sets_a_target_keep_the_same_portions_back(company: Company) -> None:
    cycle = await opened(company, cascade={"departments": "eligible_days", "people": "eligible_days"})
    plan = await company.plan(cycle, "SALES")
    sheet = await company.send("GET", f"/v1/plans/{plan['id']}", by=company.person("sales_head"))
    kinds = {(each["subject_kind"], each["portion"] is None) for each in sheet["targets"] if each["metric"] == "sales"}
    assert kinds == {("department", True), ("employee", False)}
    target = await of_department(company, cycle, "SALES")
    assert target["portion"] is not None
    answer = await company.send("PUT", f"/v1/targets/{target['id']}/override", OTHERS, by=staff(company, "gm"))
    assert answer["portion"] is None, "set by hand it is no part"
