"""Every value that a target had stays with what made it so, and what was set by hand can be taken back."""

from typing import Any

import pytest

from tests.factories.procedure_company import Company

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def target_of(company: Company, cycle: Json, name: str) -> Json:
    [found] = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people[name]))
    return found


async def history(company: Company, target: Json) -> list[Json]:
    found: Json = await company.send("GET", f"/v1/targets/{target['id']}/history", by=company.hr)
    return list(found["data"])


async def test_every_value_stays_with_its_cause_and_who_was_behind_it(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    first, second = await target_of(company, cycle, "s1"), await target_of(company, cycle, "s2")
    path = f"/v1/targets/{first['id']}/override"
    await company.send("PUT", path, {"value": "800000", "reason": "newcomer"}, by=company.hr)
    await company.tell(company.business_target("3200000", sequence=2))
    current = await company.send("DELETE", path, by=company.hr)
    assert (current["value"], current["origin"], current["override_reason"]) == ("1066666.67", "business", None)
    assert await company.values(cycle) == {"s1": "1066666.67", "s2": "1066666.67", "s3": "1066666.66"}
    mine, other = await history(company, first), await history(company, second)
    assert [(move["value"], move["cause"], move["origin"]) for move in mine] == [
        ("1000000.00", "generated", "business"),
        ("800000", "overridden", "manual"),
        ("1066666.67", "override_lifted", "business"),
    ]
    assert [(move["value"], move["cause"]) for move in other] == [
        ("1000000.00", "generated"),
        ("1100000.00", "cascaded"),
        ("1200000.00", "business"),
        ("1066666.67", "cascaded"),
    ]
    behind = [move["changed_by"] for move in mine]
    assert behind == [None, company.hr.subject, company.hr.subject]
    assert (mine[1]["override_reason"], "3000000" in mine[0]["reason"]["zh"]) == ("newcomer", True)
    assert [move["sequence"] for move in mine] == sorted({move["sequence"] for move in mine})


async def test_lifting_needs_something_set_by_hand_and_the_version_that_was_read(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    path = f"/v1/targets/{(await target_of(company, cycle, 's1'))['id']}/override"
    nothing = await company.ask("DELETE", path, by=company.hr)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "override_missing")
    await company.send("PUT", path, {"value": "800000", "reason": "newcomer"}, by=company.hr)
    stale = await company.ask("DELETE", path, by=company.hr, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


async def test_confirmations_and_organisation_are_told_apart(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("6000000", sequence=2))
    [top] = await company.targets(cycle, subject_kind="company")
    await company.send("POST", f"/v1/targets/{top['id']}/confirmation", by=company.hr)
    company.people |= {"s4": company.people["hr_staff"]}
    await company.tell(company.employee("s4", "SALES", sequence=2))
    mine = await history(company, await target_of(company, cycle, "s1"))
    assert [(move["value"], move["cause"]) for move in mine] == [
        ("1000000.00", "generated"),
        ("2000000.00", "cascaded"),
        ("1500000.00", "organisation"),
    ]
    above = await history(company, top)
    assert [(move["value"], move["cause"]) for move in above] == [("3000000", "generated"), ("6000000", "confirmed")]


async def test_a_history_is_read_in_pages_and_by_who_sees_the_target(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("3200000", sequence=2))
    path = f"/v1/targets/{(await target_of(company, cycle, 's1'))['id']}/history"
    page = await company.send("GET", f"{path}?limit=1", by=company.person("s1"))
    rest = await company.send("GET", f"{path}?limit=1&cursor={page['next_cursor']}", by=company.person("sales_head"))
    assert [len(page["data"]), len(rest["data"]), rest["next_cursor"]] == [1, 1, None]
    assert (await company.ask("GET", path, by=company.person("s2"))).status_code == 404
    [top] = await company.targets(cycle, subject_kind="company")
    assert (await company.ask("GET", f"/v1/targets/{top['id']}/history", by=company.person("s2"))).status_code == 200


async def test_a_target_changed_from_a_day_on_blends_by_workdays_for_all_whom_it_moves(company: Company) -> None:
    """64 of 129 workdays lie before April; what one gives up the others get from then on."""
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.move_clock("2026-04-01")
    first, second = await target_of(company, cycle, "s1"), await target_of(company, cycle, "s2")
    path = f"/v1/targets/{first['id']}/override"
    body = {"value": "800000", "reason": "other duties", "effect": "from_date", "effective_on": "2026-04-01"}
    changed = await company.send("PUT", path, body, by=company.hr)
    assert (changed["value"], changed["earlier"]) == ("800000", [{"until": "2026-04-01", "value": "1000000"}])
    other = await target_of(company, cycle, "s2")
    assert (other["value"], other["earlier"]) == ("1100000.00", [{"until": "2026-04-01", "value": "1000000"}])
    asked = [await asked_of(company, cycle, name) for name in ("s1", "s2", "s3")]
    assert asked == ["899224.8062015504", "1050387.5968992248", "1050387.5968992248"]
    last = (await history(company, second))[-1]
    assert (last["cause"], last["effective_on"]) == ("cascaded", "2026-04-01")
    await company.tell(company.business_target("3100000", sequence=2))
    moved = await target_of(company, cycle, "s2")
    assert (moved["value"], moved["earlier"]) == ("1150000.00", [{"until": "2026-04-01", "value": "1000000"}])


async def asked_of(company: Company, cycle: Json, name: str) -> str:
    cards = await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}&limit=200", by=company.hr)
    (card,) = [each for each in cards["data"] if each["employee_id"] == str(company.people[name])]
    target: str = card["items"][0]["target"]
    return target


async def test_more_of_days_gone_by_needs_a_confirmation(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.move_clock("2026-03-02")
    path = f"/v1/targets/{(await target_of(company, cycle, 's1'))['id']}/override"
    lower, higher = ({"value": value, "reason": "agreed"} for value in ("800000", "1200000"))
    for body in (lower, higher):  # the others would have to make up for the lower one
        refused = await company.ask("PUT", path, body, by=company.hr)
        assert (refused.status_code, refused.json()["code"]) == (409, "tightening_unconfirmed")
    assert set((await company.values(cycle)).values()) == {"1000000.00"}
    from_now = {**higher, "effect": "from_date", "effective_on": "2026-03-02"}
    assert (await company.ask("PUT", path, from_now, by=company.hr)).status_code == 200
    confirmed = await company.send(
        "PUT", path, {**higher, "value": "1300000", "confirm_tightening": True}, by=company.hr
    )
    assert (confirmed["value"], confirmed["earlier"]) == ("1300000", [])
    refused = await company.ask("DELETE", path, by=company.hr)
    assert refused.json()["code"] == "tightening_unconfirmed"
    lifted = await company.send("DELETE", f"{path}?confirm_tightening=true", by=company.hr)
    assert lifted["value"] == "1000000.00"


async def test_what_the_business_wants_is_confirmed_from_a_day_on(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("6000000", sequence=2))
    [top] = await company.targets(cycle, subject_kind="company")
    path, body = f"/v1/targets/{top['id']}/confirmation", {"effect": "from_date", "effective_on": "2026-04-01"}
    for wrong in ({"effect": "from_date"}, {**body, "effective_on": "2027-01-01"}, {"effect": "now"}):
        refused = await company.ask("POST", path, wrong, by=company.hr)
        assert refused.status_code == 422, refused.text
    confirmed = await company.send("POST", path, body, by=company.hr)
    assert (confirmed["value"], confirmed["earlier"]) == ("6000000", [{"until": "2026-04-01", "value": "3000000"}])
    assert await asked_of(company, cycle, "s1") == "1503875.9689922481"


@pytest.mark.parametrize(
    ("again", "earlier"),
    [
        ("2026-03-02", [{"until": "2026-03-02", "value": "1000000"}]),
        ("2026-04-01", [{"until": "2026-04-01", "value": "1000000"}]),
        ("2026-05-01", [{"until": "2026-04-01", "value": "1000000"}]),
        (None, []),
    ],
)
async def test_the_same_value_from_another_day_holds_from_the_earlier_one(
    company: Company, again: str | None, earlier: list[Json]
) -> None:
    """From April on 800,000 are asked for; to say so from May on changes nothing, as they are."""
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.move_clock("2026-02-02")
    path = f"/v1/targets/{(await target_of(company, cycle, 's1'))['id']}/override"
    body = {"value": "800000", "reason": "other duties", "effect": "from_date", "effective_on": "2026-04-01"}
    await company.send("PUT", path, body, by=company.hr)
    effect = {"effect": "from_date" if again else "whole_cycle", "effective_on": again}
    changed = await company.send("PUT", path, {**body, **effect}, by=company.hr)
    assert (changed["value"], changed["earlier"]) == ("800000", earlier)
