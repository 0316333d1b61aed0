"""Targets: what the business wants flows down, history speaks where it is silent, hands and HR have their say."""

from datetime import date

import pytest

from shared.contracts.procedure import TargetChanged
from tests.factories.procedure_company import Company

pytestmark = pytest.mark.anyio


async def test_the_company_target_flows_down_to_the_holders_to_the_cent(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("1000000.00"))
    cycle = await company.open_cycle()
    assert await company.values(cycle) == {"s1": "333333.34", "s2": "333333.33", "s3": "333333.33"}
    [top] = await company.targets(cycle, subject_kind="company")
    [department] = await company.targets(cycle, subject_kind="department")
    assert (top["value"], top["unassigned"], top["origin"]) == ("1000000.00", "0", "business")
    assert department["department_id"] == str(company.departments["SALES"])


async def test_three_years_stand_beside_a_target_and_a_far_one_is_marked(company: Company) -> None:
    years = {2023: ("300000", None), 2024: ("310000", "340000"), 2025: ("320000", "350000")}
    await company.tell(*(company.past("s1", year, *known) for year, known in years.items()))
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    [target] = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people["s1"]))
    assert [year["label"] for year in target["history"]] == ["2023 H1", "2024 H1", "2025 H1"]
    assert [year["value"] for year in target["history"]] == ["300000", "310000", "320000"]
    assert [year["target"] for year in target["history"]] == [None, "340000", "350000"]
    assert "近 2 年目标完成率 91.3%" in target["reason"]["zh"]
    assert (target["value"], target["mark"]) == ("1000000.00", True)
    assert "3000000" in target["reason"]["en"]


async def test_without_the_business_history_grows_and_says_so(company: Company) -> None:
    await company.tell(*(company.past("s1", year, "400000") for year in (2023, 2024, 2025)))
    await company.publish_scheme()
    cycle = await company.open_cycle(growth="0.2")
    assert await company.values(cycle) == {"s1": "480000.00", "s2": None, "s3": None}
    targets = await company.targets(cycle, subject_kind="employee")
    assert {target["origin"] for target in targets} == {"history", "none"}


async def test_a_raise_within_the_threshold_moves_every_target_at_once(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("3600000", sequence=2))
    assert set((await company.values(cycle)).values()) == {"1200000.00"}
    changes = [event for event in await company.published(TargetChanged) if event["previous"] is not None]
    assert {(event["subject_kind"], event["previous"], event["value"]) for event in changes} >= {
        ("employee", "1000000.00", "1200000.00")
    }


async def test_a_raise_beyond_the_threshold_waits_for_hr(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("6000000", sequence=2))
    assert set((await company.values(cycle)).values()) == {"1000000.00"}
    [top] = await company.targets(cycle, subject_kind="company")
    assert (top["needs_confirmation"], top["proposed"]) == (True, "6000000")
    path = f"/v1/targets/{top['id']}/confirmation"
    refused = await company.ask("POST", path, by=company.person("sales_head"))
    confirmed = await company.send("POST", path, by=company.hr)
    again = await company.ask("POST", path, by=company.hr)
    assert refused.status_code == 403
    assert (confirmed["value"], confirmed["needs_confirmation"]) == ("6000000", False)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_confirm")
    assert set((await company.values(cycle)).values()) == {"2000000.00"}


async def test_what_hr_leaves_to_a_later_cycle_changes_nothing_and_is_not_proposed_again(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("6000000", sequence=2))
    [top] = await company.targets(cycle, subject_kind="company")
    path = f"/v1/targets/{top['id']}/confirmation"
    left = await company.send("POST", path, {"effect": "next_cycle"}, by=company.hr)
    assert (left["value"], left["proposed"], left["declined"]) == ("3000000", None, "6000000")
    again = await company.ask("POST", path, {"effect": "next_cycle"}, by=company.hr)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_confirm")
    history = (await company.send("GET", f"/v1/targets/{top['id']}/history", by=company.hr))["data"]
    assert [(move["value"], move["cause"], move["changed_by"]) for move in history] == [
        ("3000000", "generated", None),
        ("3000000", "declined", company.hr.subject),
    ]
    assert (await company.published(TargetChanged))[-1]["needs_confirmation"] is False
    await company.tell(company.business_target("6000000", sequence=3))
    [same] = await company.targets(cycle, subject_kind="company")
    assert (same["needs_confirmation"], set((await company.values(cycle)).values())) == (False, {"1000000.00"})
    await company.tell(company.business_target("7000000", sequence=4))
    [other] = await company.targets(cycle, subject_kind="company")
    assert (other["value"], other["proposed"], other["declined"]) == ("3000000", "7000000", None)


async def test_what_is_set_by_hand_survives_the_next_cascade(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    [target] = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people["s1"]))
    path, body = f"/v1/targets/{target['id']}/override", {"value": "800000", "reason": "newcomer"}
    set_by_hand = await company.send("PUT", path, body, by=company.hr, If_Match='"1"')
    assert (set_by_hand["value"], set_by_hand["origin"], set_by_hand["override_reason"]) == (
        "800000",
        "manual",
        "newcomer",
    )
    assert await company.values(cycle) == {"s1": "800000", "s2": "1100000.00", "s3": "1100000.00"}
    await company.tell(company.business_target("3200000", sequence=2))
    assert await company.values(cycle) == {"s1": "800000", "s2": "1200000.00", "s3": "1200000.00"}
    stale = await company.ask("PUT", path, body, by=company.hr, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


async def test_a_target_for_one_person_needs_no_company_target(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    await company.tell(
        company.business_target("250000", subject_kind="employee", subject_id=company.people["s2"]),
    )
    assert await company.values(cycle) == {"s1": None, "s2": "250000", "s3": None}


async def test_half_of_a_yearly_target_falls_into_the_half_year_by_workdays(company: Company) -> None:
    await company.publish_scheme()
    yearly = company.business_target("2610000", starts_on="2026-01-01", ends_on="2027-01-01")
    await company.tell(yearly)
    cycle = await company.open_cycle()
    [top] = await company.targets(cycle, subject_kind="company")
    assert top["value"] == "1290000.00"  # 129 of 261 workdays


async def test_targets_follow_the_people_until_plans_are_due(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    company.people |= {"s4": company.people["hr_staff"]}
    await company.tell(company.employee("s4", "SALES", sequence=2))
    assert set((await company.values(cycle)).values()) == {"750000.00"}


async def test_who_comes_later_takes_nothing_from_the_others(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.move_clock("2026-02-02")
    company.people |= {"s4": company.people["hr_staff"]}
    await company.tell(company.employee("s4", "SALES", sequence=2))
    values = await company.values(cycle)
    assert (values["s1"], values["s4"]) == ("1000000.00", None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"value": "0", "reason": "none"}, "/value"),
        ({"value": "a lot", "reason": "none"}, "/value"),
        ({"value": "1"}, "/reason"),
        ({"value": "1", "reason": "x", "colour": "red"}, "/colour"),
    ],
)
async def test_a_wrong_override_names_the_wrong_place(company: Company, body: dict[str, str], pointer: str) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    target = (await company.targets(cycle, subject_kind="employee"))[0]
    refused = await company.ask("PUT", f"/v1/targets/{target['id']}/override", body, by=company.hr)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_cascade_by_history_and_workdays_says_why_and_is_not_prorated_again(company: Company) -> None:
    """Of 1,000 the joiner of April has 65 of 323 workdays of a part that scoring asks for as it is."""
    await company.publish_scheme()
    await company.tell(company.business_target("1000"))
    await company.tell(company.employee("s3", "SALES", sequence=2, starts_on=date(2026, 4, 1)))
    cycle = await company.open_cycle(cascade={"departments": "historical", "people": "eligible_days"})
    assert cycle["cascade"] == {"departments": "historical", "people": "eligible_days"}
    assert await company.values(cycle) == {"s1": "399.38", "s2": "399.38", "s3": "201.24"}
    [joiner] = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people["s3"]))
    assert joiner["portion"] == {"basis": "eligible_days", "weight": "65", "of": "323", "instead": None}
    assert joiner["meant_for"] == "workdays"
    assert "按应出勤工作日分配（65）" in joiner["reason"]["zh"]
    [department] = await company.targets(cycle, subject_kind="department")
    assert department["portion"]["instead"] == "equal"
    cards = await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}&limit=200", by=company.hr)
    (card,) = [each for each in cards["data"] if each["employee_id"] == str(company.people["s3"])]
    explained = await company.send("GET", f"/v1/scorecards/{card['id']}/explanation", by=company.hr)
    line = explained["score"]["segments"][0]["items"][0]
    assert (line["target"], line["proration"], line["target_proration"]) == ("201.24", "65/129", "1")


async def test_by_hand_nobody_has_a_share_until_it_is_set(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("1000"))
    cycle = await company.open_cycle(cascade={"people": "manual"})
    [target] = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people["s1"]))
    path = f"/v1/targets/{target['id']}/override"
    await company.send("PUT", path, {"value": "400", "reason": "agreed"}, by=company.hr)
    assert await company.values(cycle) == {"s1": "400", "s2": None, "s3": None}
    [department] = await company.targets(cycle, subject_kind="department")
    assert department["unassigned"] == "600.00"


async def test_everybody_sees_as_far_as_they_reach(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    path = f"/v1/cycles/{cycle['id']}/targets?subject_kind=employee"
    seen = {
        name: len((await company.send("GET", path, by=company.person(name)))["data"])
        for name in ("s1", "sales_head", "gm", "hr_staff")
    }
    assert seen == {"s1": 1, "sales_head": 3, "gm": 3, "hr_staff": 0}


async def test_a_business_target_that_moves_to_other_days_leaves_the_cycle(company: Company) -> None:
    await company.publish_scheme()
    await company.tell(company.business_target("3000000"))
    cycle = await company.open_cycle()
    await company.tell(company.business_target("3000000", sequence=2, starts_on="2027-01-01", ends_on="2027-07-01"))
    assert await company.values(cycle) == {"s1": None, "s2": None, "s3": None}


async def test_a_result_of_a_whole_year_becomes_known_beside_its_second_half(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle(starts_on="2026-07-01", ends_on="2027-01-01")
    await company.tell(company.past("s1", 2023, "730", ends_on=date(2024, 1, 1)))
    assert await company.values(cycle) == {"s1": "368.00", "s2": None, "s3": None}  # 184 of 365 days


async def test_a_result_that_turns_out_to_be_none_is_history_no_longer(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    mistaken = company.past("s1", 2025, "400000")
    await company.tell(mistaken)
    assert await company.values(cycle) == {"s1": "400000.00", "s2": None, "s3": None}
    await company.tell(mistaken.model_copy(update={"sequence": 2, "kind": "training", "performance": None}))
    assert await company.values(cycle) == {"s1": None, "s2": None, "s3": None}


async def test_a_result_told_after_it_turned_out_to_be_none_is_no_history(company: Company) -> None:
    await company.publish_scheme()
    cycle = await company.open_cycle()
    mistaken = company.past("s1", 2025, "400000")
    await company.tell(mistaken.model_copy(update={"sequence": 2, "kind": "training", "performance": None}))
    await company.tell(mistaken)
    assert await company.values(cycle) == {"s1": None, "s2": None, "s3": None}


async def test_what_the_business_wants_of_people_who_are_not_scored_by_it_says_so(company: Company) -> None:
    await company.publish_scheme()
    hr = company.departments["HR"]
    of_hr = company.business_target("500000", business_target_id=hr, subject_kind="department", subject_id=hr)
    await company.tell(company.business_target("3000000"), of_hr)
    cycle = await company.open_cycle()
    found = {each["subject_id"]: each for each in await company.targets(cycle, subject_kind="department")}
    unheld = found[str(hr)]
    assert (unheld["value"], unheld["origin"]) == (None, "none")
    assert unheld["reason"]["en"].startswith("the business wants 500000, but nobody there is scored")
    assert set((await company.values(cycle)).values()) == {"1000000.00"}
    [seller] = await company.targets(cycle, subject_kind="employee", subject_id=str(company.people["s1"]))
    by_hand = {"value": "900000", "reason": "newcomer"}
    await company.send("PUT", f"/v1/targets/{seller['id']}/override", by_hand, by=company.hr)
    assert unheld in await company.targets(cycle, subject_kind="department")
