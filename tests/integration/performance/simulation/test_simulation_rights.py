"""Simulations show of others what their reader may read anyway, and change what their maker may change anyway."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from services.performance.store.tables.procedure import targets
from services.performance.store.tables.scoring import scorecards
from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_hr
from tests.factories.installation import bearer
from tests.factories.performance import get
from tests.factories.sellers import Sellers, draft_version, sales_scheme
from tests.factories.simulations import BANDS, Desk

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
QUOTA = {"grade": "good", "kind": "max", "share": 4000}


def hr_of(sellers: Sellers, *departments: UUID) -> Principal:
    return make_hr(sellers.tenant_id, subject="hr-b", hr_departments=departments)


async def listed(desk: Desk, reader: Principal) -> Json:
    (found,) = (await desk.client.get(desk.path, headers=bearer(reader))).json()["data"]
    simulation: Json = found
    return simulation


@pytest.fixture
async def elsewhere(wiring: Wiring, sellers: Sellers, desk: Desk) -> UUID:
    """Let the first seller belong to another department."""
    del desk
    other = DepartmentChanged(department_id=uuid4(), sequence=1, code="X", name="Elsewhere")
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.org.keep_department(other)
        for theirs in (scorecards.c.employee_id, targets.c.subject_id):
            moved = update(theirs.table).where(theirs == sellers.people[0]).values(department_id=other.department_id)
            await uow.tx.execute(moved)
        await uow.commit()
    return other.department_id


async def quotas(desk: Desk, *departments: UUID) -> None:
    """Hold the company and some departments to a quota."""
    groups: list[Json] = [{"name": "All", "kind": "company", "quotas": [QUOTA]}]
    groups += [
        {"name": str(at), "kind": "department", "department_id": str(each), "quotas": [QUOTA]}
        for at, each in enumerate(departments)
    ]
    path = f"/v1/cycles/{desk.sellers.cycle_id}/distribution-policy"
    written = await desk.client.put(path, json={"populations": groups}, headers=desk.hr)
    assert written.status_code == 200, written.text


async def test_confined_hr_learns_nothing_of_one_person_elsewhere(desk: Desk, sellers: Sellers) -> None:
    person = sellers.people[0]
    place = {"department_id": str(sellers.department_id), "position_id": str(uuid4()), "on": "2026-04-01"}
    target = {"target_id": await desk.target_of(person), "value": "1200000", "overrides": "keep"}
    made = await desk.ask(targets=[target], moves=[{"employee_id": str(person), **place}], bonus_bands=BANDS)
    stranger = hr_of(sellers, uuid4())
    for seen in (await desk.seen(made, stranger), await listed(desk, stranger)):
        assert (seen.get("people", []), seen["targets"], seen["moves"]) == ([], [], [])
        assert (seen["summary"]["people"], seen["summary"]["cost"]["before"]) == (0, "0")
        assert set(seen["summary"]["grades_before"].values()) == {0}
        assert [each["grade"] for each in seen["bonus_bands"]] == ["good", "fair"]
    theirs = await desk.seen(made, hr_of(sellers, sellers.department_id))
    assert theirs == await desk.seen(made, make_admin(sellers.tenant_id)) == made
    assert (theirs["targets"], theirs["summary"]["people"]) == ([target], 3)


async def test_sums_are_over_the_people_whose_scores_are_read(
    desk: Desk, wiring: Wiring, sellers: Sellers, elsewhere: UUID
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=3000, conversion=6000))
    aims = [{"target_id": await desk.target_of(person), "value": "1200000"} for person in sellers.people]
    made = await desk.ask(scheme_id=str(sellers.scheme_id), version=2, targets=aims, bonus_bands=BANDS)
    assert made["summary"]["people"] == 3
    price = {each["grade"]: Decimal(each["amount"]) for each in BANDS}
    for department, people in ((elsewhere, sellers.people[:1]), (sellers.department_id, sellers.people[1:])):
        reader = hr_of(sellers, department)
        seen, summary = await desk.seen(made, reader), (await listed(desk, reader))["summary"]
        own = [each for each in made["people"] if UUID(each["employee_id"]) in people]
        assert seen["people"] == own
        assert seen["targets"] == [{**aims[sellers.people.index(person)], "overrides": "keep"} for person in people]
        assert seen["summary"] == summary
        assert (summary["people"], summary["raised"]) == (len(own), sum(Decimal(each["delta"]) > 0 for each in own))
        for when in ("before", "after"):
            grades = [each[when]["grade"] for each in own]
            assert Decimal(summary["cost"][when]) == sum(price.get(grade, 0) for grade in grades)
            counted = {grade: number for grade, number in summary[f"grades_{when}"].items() if number}
            assert counted == {grade: grades.count(grade) for grade in grades}
        ranks = [[summary["grades"].index(each[when]["grade"]) for when in ("before", "after")] for each in own]
        assert summary["promoted"] == sum(after < before for before, after in ranks)


async def test_quotas_are_those_of_the_groups_that_the_distribution_shows(
    desk: Desk, sellers: Sellers, elsewhere: UUID
) -> None:
    await quotas(desk, sellers.department_id, elsewhere)
    made = await desk.ask(bonus_bands=BANDS)
    readers: list[tuple[Principal, list[str | None]]] = [
        (make_admin(sellers.tenant_id), [None, str(sellers.department_id), str(elsewhere)]),
        (hr_of(sellers, sellers.department_id), [str(sellers.department_id)]),
        (hr_of(sellers, uuid4()), []),
        (hr_of(sellers, sellers.department_id, elsewhere), [None, str(sellers.department_id), str(elsewhere)]),
    ]
    path = f"/v1/cycles/{sellers.cycle_id}/distribution"
    for reader, expected in readers:
        shown = (await desk.client.get(path, headers=bearer(reader))).json()["populations"]
        assert [group["department_id"] for group in shown] == expected
        for seen in (await desk.seen(made, reader), await listed(desk, reader)):
            assert [group["department_id"] for group in seen["summary"]["quotas"]] == expected


@pytest.mark.parametrize(
    ("scopes", "scored", "aimed"),
    [((), 0, 0), (("cycles:read",), 0, 0), (("scores:read",), 1, 0), (("scores:read", "cycles:read"), 1, 1)],
)
async def test_a_system_is_shown_what_its_scopes_read(
    desk: Desk, sellers: Sellers, scopes: tuple[str, ...], scored: int, aimed: int
) -> None:
    await quotas(desk)
    target = {"target_id": await desk.target_of(sellers.people[0]), "value": "1200000"}
    system = make_client(sellers.tenant_id, "schemes:write", "schemes:read", *scopes)
    answer = await desk.client.post(desk.path, json={"targets": [target]}, headers=bearer(system))
    assert answer.status_code == 201, answer.text
    for seen in (answer.json(), await desk.seen(answer.json(), system)):
        assert (len(seen["people"]), seen["summary"]["people"], len(seen["summary"]["quotas"])) == (scored,) * 3
        assert len(seen["targets"]) == aimed
    assert (await listed(desk, system))["summary"] == seen["summary"]


async def test_applying_takes_the_right_to_make_each_change_by_itself(
    desk: Desk, wiring: Wiring, sellers: Sellers
) -> None:
    target = {"target_id": await desk.target_of(sellers.people[0]), "value": "1200000"}
    simulation = await desk.ask(targets=[target])
    body = {"value": "1200000", "reason": "as decided", "confirm_tightening": True}
    path = f"/v1/targets/{target['target_id']}/override"
    modeller = bearer(make_client(sellers.tenant_id, "schemes:write"))
    direct = await desk.client.put(path, json=body, headers=modeller)
    refused = await desk.apply(simulation, **modeller)
    assert [(each.status_code, each.json()["code"]) for each in (direct, refused)] == [(403, "not_permitted")] * 2
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    version = await desk.ask(scheme_id=str(sellers.scheme_id), version=2)
    assert (await desk.apply(version, **modeller)).status_code == 200, "a version needs no more"
    planner = bearer(make_client(sellers.tenant_id, "schemes:write", "cycles:write"))
    again = await desk.ask(targets=[target])
    assert (await desk.apply(again, **planner)).status_code == 200


async def test_a_simulation_shows_nobody_whose_scores_the_caller_may_not_read(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    path = f"/v1/cycles/{sellers.cycle_id}/simulations"
    body = {"scheme_id": str(sellers.scheme_id), "version": 2}
    modeller = make_client(sellers.tenant_id, "schemes:read", "schemes:write")
    made = (await client.post(path, json=body, headers=bearer(modeller))).json()
    assert made["people"] == []
    for stranger in (make_hr(sellers.tenant_id, hr_departments=(uuid4(),)), modeller):
        read = await get(client, stranger, f"{path}/{made['id']}")
        assert (read["people"], read["summary"]["people"]) == ([], 0)
