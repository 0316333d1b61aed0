"""A new cascade may say that what was set by hand below it is generated again, for who may lift each of it."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.procedure import TargetChanged
from shared.core.access import Principal
from tests.factories.access import make_admin
from tests.factories.procedure_company import Company
from tests.integration.performance.procedure.test_target_history import asked_of, history, target_of
from tests.integration.performance.procedure.test_target_rights import confined, of_department, staff

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
BODY = {"value": "2400000", "reason": "agreed"}
RELEASED = {**BODY, "overrides": "release"}


async def opened(company: Company) -> Json:
    """Let three of sales share 3,000,000, of which HR gave the first 800,000 by hand."""
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle: Json = await company.open_cycle()
    await by_hand(company, await target_of(company, cycle, "s1"), {"value": "800000", "reason": "newcomer"})
    return cycle


async def by_hand(company: Company, target: Json, body: Json) -> Json:
    by = make_admin(company.tenant.tenant_id)
    set_to: Json = await company.send("PUT", f"/v1/targets/{target['id']}/override", body, by=by)
    return set_to


async def refused(company: Company, target: Json, by: Principal) -> tuple[int, str]:
    answer = await company.ask("PUT", f"/v1/targets/{target['id']}/override", RELEASED, by=by)
    return answer.status_code, answer.json().get("code", "")


async def company_target(company: Company, cycle: Json) -> Json:
    [top] = await company.targets(cycle, subject_kind="company", metric="sales")
    return top


async def test_what_was_set_by_hand_below_stays_unless_the_act_releases_it(company: Company) -> None:
    cycle = await opened(company)
    department = await of_department(company, cycle, "SALES")
    await by_hand(company, department, BODY)
    assert await company.values(cycle) == {"s1": "800000", "s2": "800000.00", "s3": "800000.00"}
    await by_hand(company, department, {**BODY, "value": "2500000"})
    assert await company.values(cycle) == {"s1": "800000", "s2": "850000.00", "s3": "850000.00"}
    await by_hand(company, department, {**RELEASED, "value": "2500000"})
    assert await company.values(cycle) == {"s1": "833333.34", "s2": "833333.33", "s3": "833333.33"}
    released = await target_of(company, cycle, "s1")
    assert (released["origin"], released["override_reason"], released["meant_for"]) == ("manual", None, "full_time")
    assert [await asked_of(company, cycle, name) for name in ("s1", "s2")] == ["833333.34", "833333.33"]
    last = (await company.published(TargetChanged))[-3:]
    assert ("800000", "833333.34") in [(event["previous"], event["value"]) for event in last]


async def test_every_release_stays_with_its_cause_and_who_was_behind_it(company: Company) -> None:
    cycle = await opened(company)
    first, second = await target_of(company, cycle, "s1"), await target_of(company, cycle, "s2")
    await by_hand(company, await of_department(company, cycle, "SALES"), {**RELEASED, "value": "2460000"})
    mine, other = await history(company, first), await history(company, second)
    assert [(move["value"], move["cause"]) for move in mine] == [
        ("1000000.00", "generated"),
        ("800000", "overridden"),
        ("820000.00", "override_released"),
    ]
    assert [move["cause"] for move in other] == ["generated", "cascaded", "cascaded"]
    assert (mine[-1]["changed_by"], mine[-1]["override_reason"]) == (
        make_admin(company.tenant.tenant_id).subject,
        None,
    )


async def test_lifting_and_confirming_release_too_of_departments_and_people(company: Company) -> None:
    cycle = await opened(company)
    admin, top = make_admin(company.tenant.tenant_id), await company_target(company, cycle)
    department = await of_department(company, cycle, "SALES")
    await by_hand(company, department, BODY)
    await by_hand(company, top, {**BODY, "value": "3300000"})
    assert (await of_department(company, cycle, "SALES"))["value"] == "2400000"
    await company.send("DELETE", f"/v1/targets/{top['id']}/override?overrides=release", by=admin)
    assert set((await company.values(cycle)).values()) == {"1000000.00"}
    assert [move["cause"] for move in await history(company, department)] == [
        "generated",
        "overridden",
        "override_released",
    ]
    await by_hand(company, await target_of(company, cycle, "s2"), BODY)
    await company.tell(company.business_target("6000000", sequence=2))
    path = f"/v1/targets/{top['id']}/confirmation"
    await company.send("POST", path, {"overrides": "release"}, by=admin)
    assert set((await company.values(cycle)).values()) == {"2000000.00"}


async def test_from_a_day_on_what_was_set_by_hand_holds_until_then(company: Company) -> None:
    cycle = await opened(company)
    body = {**RELEASED, "value": "3000000", "effect": "from_date", "effective_on": "2026-04-01"}
    await by_hand(company, await of_department(company, cycle, "SALES"), body)
    released = await target_of(company, cycle, "s1")
    assert (released["value"], released["earlier"]) == ("1000000.00", [{"until": "2026-04-01", "value": "800000"}])


async def test_more_of_days_gone_by_needs_a_confirmation_of_what_is_released_too(company: Company) -> None:
    cycle = await opened(company)
    await company.move_clock("2026-03-02")
    department = await of_department(company, cycle, "SALES")
    same = {**RELEASED, "value": "3000000"}
    answer = await company.ask("PUT", f"/v1/targets/{department['id']}/override", same, by=staff(company, "gm"))
    assert (answer.status_code, answer.json()["code"]) == (409, "tightening_unconfirmed")
    await by_hand(company, department, {**same, "confirm_tightening": True})
    assert set((await company.values(cycle)).values()) == {"1000000.00"}


async def test_nothing_is_released_in_a_cycle_that_stays_as_it_is_nor_below_a_person(company: Company) -> None:
    cycle = await opened(company)
    await by_hand(company, await target_of(company, cycle, "s2"), {**RELEASED, "value": "900000"})
    assert await company.values(cycle) == {"s1": "800000", "s2": "900000", "s3": "1300000.00"}
    await company.tell(company.business_target("6000000", sequence=2))
    top = await company_target(company, cycle)
    body = {"effect": "next_cycle", "overrides": "release"}
    answer = await company.ask("POST", f"/v1/targets/{top['id']}/confirmation", body, by=staff(company, "gm"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "release_unfit")


async def test_confined_hr_releases_nothing_beyond_its_reach(company: Company) -> None:
    """Who went from sales to HR is still divided for in sales, and answers to HR's head."""
    cycle = await opened(company)
    await company.move_clock("2026-02-02")
    moved = company.employee("s1", "SALES", sequence=2, ends_on=date(2026, 3, 1)).employments[0]
    now = company.employee("s1", "HR", sequence=2, position_id=company.positions["staff"], starts_on=date(2026, 3, 1))
    await company.tell(now.model_copy(update={"employments": (moved, *now.employments)}))
    sales, before = confined(company, "SALES"), await company.values(cycle)
    department = await of_department(company, cycle, "SALES")
    assert await refused(company, department, sales) == (403, "targets_beyond_reach")
    assert await company.values(cycle) == before
    kept = await company.ask("PUT", f"/v1/targets/{department['id']}/override", BODY, by=sales)
    assert (kept.status_code, (await company.values(cycle))["s1"]) == (200, "800000")
    assert (await refused(company, department, confined(company, "SALES", "HR")))[0] == 200


async def test_nobody_releases_their_own(company: Company) -> None:
    cycle = await opened(company)
    department, before = await of_department(company, cycle, "SALES"), await company.values(cycle)
    assert await refused(company, department, staff(company, "s1")) == (403, "separation_of_duties")
    assert await company.values(cycle) == before
    kept = await company.ask("PUT", f"/v1/targets/{department['id']}/override", BODY, by=staff(company, "s1"))
    assert kept.status_code == 200, "what stays as it was set does not move"
