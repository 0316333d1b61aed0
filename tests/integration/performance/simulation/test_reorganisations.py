"""What if the organisation were another: departments elsewhere and merged, and what then really happens."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.contracts.envelope import EventData
from shared.core.access import Principal
from tests.factories.access import make_client, make_hr
from tests.factories.divisions import TEAMS, Divisions
from tests.factories.procedure_company import Company
from tests.factories.waiting import eventually

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
WEIGHTS = {"sales": 2000, "conversion_rate": 5000, "margin": 3000}
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'")
BEFORE_PLANS_ARE_DUE, LATER = "2026-01-05", "2026-05-20"


@pytest.fixture
async def divisions(company: Company) -> Divisions:
    divisions = Divisions(company)
    await divisions.found()
    await divisions.approve_plan("WEST", "west_head", WEIGHTS)
    return divisions


def quotas(simulation: Json, when: str) -> Json:
    """Count the people of each grade by group."""
    return graded(simulation["summary"]["quotas"], when)


def graded(groups: list[Json], count: str) -> Json:
    """Give what each grade of a group counts, of groups in which anybody has one: the others may be left out."""
    found = {each["department_id"]: {grade["grade"]: grade[count] for grade in each["grades"]} for each in groups}
    return {at: counts for at, counts in found.items() if any(counts.values())}


async def counted(divisions: Divisions) -> Json:
    return graded(await divisions.distribution(), "people")


async def comes_true(divisions: Divisions, supposed: Json, *arriving: Sequence[EventData]) -> Json:
    """Simulate, find nothing touched, let the archive really tell of it, and find what was simulated."""
    kept, before = await divisions.kept(), await divisions.verdicts()
    simulation = await divisions.simulate(**supposed)
    assert await divisions.kept() == kept
    results = {person["employee_id"]: person for person in simulation["people"]}
    assert {person: each["before"] for person, each in results.items()}.items() <= before.items()
    assert quotas(simulation, "before") == await counted(divisions)
    for events in arriving:
        await divisions.company.tell(*events)
    assert before | {person: each["after"] for person, each in results.items()} == await divisions.verdicts() != before
    assert quotas(simulation, "after") == await counted(divisions)
    return simulation


@pytest.mark.parametrize("day", [BEFORE_PLANS_ARE_DUE, LATER])
async def test_a_department_elsewhere_comes_out_to_the_last_digit(divisions: Divisions, day: str) -> None:
    """Before plans are due targets follow the people; afterwards they stay."""
    await divisions.company.move_clock(day)
    supposed = {"departments": [divisions.placed("TEAM", "WEST")]}
    simulation = await comes_true(divisions, supposed, [divisions.told("TEAM", "WEST")])
    assert simulation["departments"] == supposed["departments"]
    (card,) = [each for each in await divisions.cards() if each.employee_id == divisions.company.people["s3"]]
    assert {item.key: item.weight for item in card.result.items} == WEIGHTS
    target = "1250000" if day == BEFORE_PLANS_ARE_DUE else "600000"
    assert f"{card.result.items[0].target:f}" == target


async def test_a_whole_reorganisation_comes_out_to_the_last_digit(divisions: Divisions) -> None:
    """One division is merged into the other in spring, and its team goes on below a department of its own."""
    supposed = {
        "departments": [divisions.placed("TEAM", "NEW"), divisions.placed("NEW", "SALES")],
        "mergers": [divisions.merged("SALES", "WEST")],
    }
    merged = [divisions.transferred(name, "WEST") for name, place in TEAMS.items() if place == "SALES"]
    merged.append(divisions.transferred("sales_head", "WEST"))
    told = [divisions.told("TEAM", "NEW"), divisions.told("NEW", "SALES", sequence=3)]
    simulation = await comes_true(divisions, supposed, told, merged)
    assert simulation["mergers"] == supposed["mergers"]
    west = [each for each in simulation["summary"]["quotas"] if each["department_id"] == divisions.id("WEST")]
    assert sum(each["after"] - each["before"] for group in west for each in group["grades"]) == 2


@pytest.mark.parametrize("day", [BEFORE_PLANS_ARE_DUE, LATER])
async def test_a_department_that_begins_to_plan_has_no_weights_yet(divisions: Divisions, day: str) -> None:
    """Its head's plan stands between its people and the plan above."""
    await divisions.company.move_clock(day)
    supposed = {"departments": [divisions.placed("TEAM", "NEW")]}
    await comes_true(divisions, supposed, [divisions.told("TEAM", "NEW")])
    (card,) = [each for each in await divisions.cards() if each.employee_id == divisions.company.people["s3"]]
    assert [item.weight for item in card.result.items] == [3000, 5000, 2000]


async def test_who_moves_to_where_nobody_planned_yet_has_no_weights_either(divisions: Divisions) -> None:
    person, place = divisions.company.people["s5"], divisions.company.positions["seller"]
    move = {"employee_id": str(person), "department_id": divisions.id("NEW"), "position_id": str(place)}
    arriving = divisions.transferred("s5", "NEW")
    await comes_true(divisions, {"moves": [{**move, "on": "2026-04-01"}]}, [arriving])


async def test_mergers_follow_one_another(divisions: Divisions) -> None:
    """Whoever came by the first goes on by the second, in whatever order they are said."""
    mergers = [divisions.merged("NEW", "WEST", date(2026, 5, 1)), divisions.merged("TEAM", "NEW")]
    people = [name for name, place in TEAMS.items() if place == "TEAM"]
    arriving = []
    for name in people:
        first, last = divisions.transferred(name, "NEW"), divisions.transferred(name, "WEST", date(2026, 5, 1))
        former, between = first.employments
        between = between.model_copy(update={"ends_on": date(2026, 5, 1)})
        arriving.append(first.model_copy(update={"employments": (former, between, last.employments[1])}))
    await comes_true(divisions, {"mergers": mergers}, arriving)


async def test_two_that_change_places_make_no_circle(divisions: Divisions) -> None:
    swapped = [divisions.placed("SALES", "TEAM"), divisions.placed("TEAM", "GM")]
    told = [divisions.told("SALES", "TEAM"), divisions.told("TEAM", "GM")]
    await comes_true(divisions, {"departments": swapped}, told)


async def test_what_cannot_be_is_refused_where_it_stands(divisions: Divisions) -> None:
    placed, merged, nowhere = divisions.placed, divisions.merged, str(uuid4())
    unknown = {"department_id": nowhere, "parent_id": nowhere}
    assert [
        await divisions.refused(departments=[placed("TEAM", None), unknown]),
        await divisions.refused(mergers=[merged("TEAM", "WEST") | {"merged_into": nowhere}]),
        await divisions.refused(departments=[placed("WEST", "GM"), placed("SALES", "TEAM")]),
        await divisions.refused(departments=[placed("TEAM", "TEAM")]),
        await divisions.refused(mergers=[merged("TEAM", "WEST"), merged("WEST", "TEAM")]),
        await divisions.refused(departments=[placed("TEAM", None), placed("WEST", None), placed("TEAM", "GM")]),
        await divisions.refused(mergers=[merged("TEAM", "WEST"), merged("TEAM", "NEW")]),
        await divisions.refused(departments=[{"department_id": divisions.id("TEAM")}]),
    ] == [
        (404, "department_not_found", ["/departments/1/department_id", "/departments/1/parent_id"]),
        (404, "department_not_found", ["/mergers/0/merged_into"]),
        (409, "department_circle", ["/departments/1/parent_id"]),
        (409, "department_circle", ["/departments/0/parent_id"]),
        (409, "department_circle", ["/mergers/0/merged_into", "/mergers/1/merged_into"]),
        (422, "department_repeated", ["/departments/2/department_id"]),
        (422, "department_repeated", ["/mergers/1/department_id"]),
        (422, "request_invalid", ["/departments/0/parent_id"]),
    ]


async def test_the_archive_alone_reorganises(divisions: Divisions) -> None:
    at = divisions.company
    for supposed in (
        {"departments": [divisions.placed("TEAM", "WEST")]},
        {"mergers": [divisions.merged("TEAM", "WEST")]},
    ):
        made = await divisions.simulate(**supposed)
        path = f"{divisions.path}/simulations/{made['id']}/application"
        refused = await at.ask("POST", path, {"reason": "as decided"}, by=at.hr)
        assert (refused.status_code, refused.json()["code"]) == (409, "simulation_not_applicable")


async def test_it_holds_no_cycle_while_it_waits_for_a_department(divisions: Divisions) -> None:
    """What arrives of a department locks it, then the cycles: who came the other way round would wait in a circle."""
    wiring, tenant_id = divisions.company.wiring, divisions.company.tenant.tenant_id

    async def waits() -> bool:
        async with wiring.database.transaction() as tx:
            return bool((await tx.execute(WAITING)).scalar_one())

    async with wiring.works.begin(tenant_id) as other:
        await other.org.keep_department(divisions.told("TEAM", "SALES"))
        begun = asyncio.create_task(divisions.simulate(departments=[divisions.placed("TEAM", "WEST")]))
        await eventually(waits)
        async with asyncio.timeout(5):
            await other.cycles.moving()
        await other.commit()
    assert (await begun)["departments"]


async def test_two_that_move_the_same_people_in_other_orders_wait_for_each_other(divisions: Divisions) -> None:
    """Each would hold whom the other one moves next."""
    people, place = divisions.company.people, divisions.company.positions["seller"]
    days = ("2026-04-01", "2026-05-01")

    def moves(*names: str) -> list[Json]:
        to = {"department_id": divisions.id("NEW"), "position_id": str(place)}
        return [{"employee_id": str(people[name]), **to, "on": day} for name, day in zip(names, days, strict=True)]

    there, back = moves("s3", "s5"), moves("s5", "s3")
    at_once = [divisions.simulate(moves=supposed) for _ in range(4) for supposed in (there, back)]
    made = await asyncio.gather(*at_once)
    assert [len(each["moves"]) for each in made] == [2] * 8


async def test_a_reorganisation_tells_nobody_of_others_departments(divisions: Divisions) -> None:
    """A group that others' people join would count them, so it is shown to whoever reaches them as well."""
    placed, merged = divisions.placed("TEAM", "WEST"), divisions.merged("SALES", "WEST")
    made = await divisions.simulate(departments=[placed], mergers=[merged])
    at = divisions.company
    tenant_id, sales, west = at.tenant.tenant_id, at.departments["SALES"], at.departments["WEST"]
    both = [placed], [merged]
    readers: list[tuple[Principal, tuple[list[Json], list[Json]], set[str]]] = [
        (make_hr(tenant_id, subject="s", hr_departments=(sales,)), both, {"SALES"}),
        (make_hr(tenant_id, subject="w", hr_departments=(west,)), ([], []), set()),
        (make_hr(tenant_id, subject="b", hr_departments=(sales, west)), both, {"SALES", "WEST"}),
        (make_client(tenant_id, "schemes:read"), ([], []), set()),
        (make_client(tenant_id, "schemes:read", "scores:read"), both, {"SALES", "WEST", "HR"}),
    ]
    for reader, reorganised, groups in readers:
        seen = await at.send("GET", f"{divisions.path}/simulations/{made['id']}", by=reader)
        (listed,) = (await at.send("GET", f"{divisions.path}/simulations", by=reader))["data"]
        for shown in (seen, listed):
            assert (shown["departments"], shown["mergers"]) == reorganised
            quotas_of = {group["department_id"] for group in shown["summary"]["quotas"]}
            assert quotas_of == {divisions.id(each) for each in groups}
