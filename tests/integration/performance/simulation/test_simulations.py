"""What if: other targets, people elsewhere, what grades cost; and making true exactly what was simulated."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged
from tests.factories.access import make_hr, make_person
from tests.factories.installation import bearer
from tests.factories.performance import get, make_observation
from tests.factories.procedure import SALES
from tests.factories.sellers import (
    Sellers,
    draft_version,
    freeze,
    make_employee,
    sales_scheme,
    set_targets,
    three_facts,
)
from tests.factories.simulations import BANDS, Desk, totals
from tests.factories.waiting import eventually
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'")


async def shown(cards: Cards) -> Mapping[str, str]:
    return {str(person): f"{card.result.total:f}" for person, card in (await cards()).items()}


async def test_another_target_is_simulated_touches_nothing_and_is_made_true(
    desk: Desk, sellers: Sellers, cards: Cards
) -> None:
    person, before = sellers.people[0], await cards()
    target = {"target_id": await desk.target_of(person), "value": "1200000"}
    simulation = await desk.ask(targets=[target])
    assert totals(simulation) == {str(person): "61.00"}
    assert totals(simulation, "before") == {str(person): "63.40"}
    assert await cards() == before
    applied = await desk.apply(simulation)
    assert (applied.status_code, applied.json()["applied_by"]) == (200, "hr")
    assert (await shown(cards))[str(person)] == "61.00"
    again = await desk.apply(simulation)
    assert (again.status_code, again.json()["code"]) == (409, "simulation_applied")


async def test_weights_and_targets_at_once_come_out_to_the_last_digit(
    desk: Desk, wiring: Wiring, sellers: Sellers, cards: Cards
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    targets = [{"target_id": await desk.target_of(person), "value": "1200000"} for person in sellers.people]
    simulation = await desk.ask(scheme_id=str(sellers.scheme_id), version=2, targets=targets)
    assert list(totals(simulation).values()) != list(totals(simulation, "before").values())
    assert (await desk.apply(simulation)).status_code == 200
    assert await shown(cards) == dict(totals(simulation))
    assert sorted((await shown(cards)).values()) == ["60.50", "76.75", "82.00"]
    version = await desk.client.get(f"/v1/schemes/{sellers.scheme_id}/versions/2", headers=desk.hr)
    assert version.json()["effect"] == "whole_cycle"


async def test_what_has_changed_since_is_not_applied_at_all(
    desk: Desk, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    simulation = await desk.ask(scheme_id=str(sellers.scheme_id), version=2)
    await observe(make_observation(subject_id=sellers.people[0], value="100000", credit_date="2026-06-15"))
    before = await cards()
    refused = await desk.apply(simulation)
    assert (refused.status_code, refused.json()["code"]) == (409, "simulation_outdated")
    assert await cards() == before
    version = await desk.client.get(f"/v1/schemes/{sellers.scheme_id}/versions/2", headers=desk.hr)
    assert version.json()["published_at"] is None


async def test_who_joined_since_makes_it_outdated_too(
    desk: Desk, wiring: Wiring, sellers: Sellers, cards: Cards
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    simulation = await desk.ask(scheme_id=str(sellers.scheme_id), version=2)
    joined = make_employee(sellers, uuid4(), work_number="S999")
    await follow_organisation(wiring.works.of(sellers.tenant_id), [joined])
    before = await cards()
    assert joined.employee_id in before
    refused = await desk.apply(simulation)
    assert (refused.status_code, refused.json()["code"]) == (409, "simulation_outdated")
    assert await cards() == before


async def test_what_grades_cost_is_counted_before_and_after(desk: Desk, wiring: Wiring, sellers: Sellers) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=3000, conversion=6000))
    simulation = await desk.ask(scheme_id=str(sellers.scheme_id), version=2, bonus_bands=BANDS)
    price = {each["grade"]: Decimal(each["amount"]) for each in BANDS}
    for when in ("before", "after"):
        grades = [person[when]["grade"] for person in simulation["people"]]
        assert Decimal(simulation["summary"]["cost"][when]) == sum(price[grade] for grade in grades)
    cost = simulation["summary"]["cost"]
    assert Decimal(cost["delta"]) == Decimal(cost["after"]) - Decimal(cost["before"]) != 0


async def test_bands_alone_price_what_everybody_shows_today(desk: Desk) -> None:
    simulation = await desk.ask(bonus_bands=BANDS)
    grades = [person["before"]["grade"] for person in simulation["people"]]
    assert sorted(grades) == ["fair", "fair", "good"]
    assert simulation["summary"]["cost"] == {"before": "5001", "after": "5001", "delta": "0"}
    assert (await desk.apply(simulation)).json()["code"] == "simulation_not_applicable"


@pytest.mark.parametrize("applied", [False, True])
async def test_it_holds_no_cycle_while_it_waits_for_a_scheme(
    desk: Desk, wiring: Wiring, sellers: Sellers, *, applied: bool
) -> None:
    """Publishing locks the scheme and then the cycles: who came the other way round would wait in a circle."""
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    version = {"scheme_id": str(sellers.scheme_id), "version": 2}
    simulation = await desk.ask(**version)

    async def waits() -> bool:
        async with wiring.database.transaction() as tx:
            return bool((await tx.execute(WAITING)).scalar_one())

    async with wiring.works.begin(sellers.tenant_id) as other:
        await other.schemes.get(sellers.scheme_id)
        begun = asyncio.create_task(desk.apply(simulation) if applied else desk.post(**version))
        await eventually(waits)
        async with asyncio.timeout(5):
            await other.cycles.moving()
        await other.commit()
    assert (await begun).status_code == (200 if applied else 201)


async def test_quotas_are_shown_before_and_after(desk: Desk, wiring: Wiring, sellers: Sellers) -> None:
    quota = {"grade": "good", "kind": "max", "share": 4000}
    policy = {"populations": [{"name": "All", "kind": "company", "quotas": [quota]}]}
    path = f"/v1/cycles/{sellers.cycle_id}/distribution-policy"
    written = await desk.client.put(path, json=policy, headers=desk.hr)
    assert written.status_code == 200, written.text
    await draft_version(wiring, sellers, 2, sales_scheme(sales=3000, conversion=6000))
    simulation = await desk.ask(scheme_id=str(sellers.scheme_id), version=2)
    (group,) = simulation["summary"]["quotas"]
    found = {each["grade"]: each for each in group["grades"]}["good"]
    for when in ("before", "after"):
        people = sum(person[when]["grade"] == "good" for person in simulation["people"])
        assert found[when] == people
        assert found[f"over_{when}"] == max(0, people - found["required"])
        assert group[f"satisfied_{when}"] is (people <= found["required"])
    assert found["after"] > found["before"]


async def test_a_move_is_simulated_but_made_in_the_archive(desk: Desk, sellers: Sellers, cards: Cards) -> None:
    person, before = sellers.people[0], await cards()
    elsewhere = {"department_id": str(sellers.department_id), "position_id": str(uuid4()), "on": "2026-04-01"}
    same = await desk.ask(moves=[{"employee_id": str(person), **elsewhere}])
    assert totals(same)[str(person)] == "63.40", "the same scheme scores both positions"
    assert await cards() == before
    refused = await desk.apply(same)
    assert (refused.status_code, refused.json()["code"]) == (409, "simulation_not_applicable")


async def test_a_move_to_where_no_scheme_scores_ends_a_persons_days(
    desk: Desk, wiring: Wiring, sellers: Sellers, cards: Cards
) -> None:
    async with wiring.works.begin(sellers.tenant_id) as uow:
        other = DepartmentChanged(department_id=uuid4(), sequence=1, code="X", name="Elsewhere")
        await uow.org.keep_department(other)
        await uow.commit()
    person = sellers.people[0]
    move = {
        "employee_id": str(person),
        "department_id": str(other.department_id),
        "position_id": str(uuid4()),
        "on": "2026-04-01",
    }
    simulation = await desk.ask(moves=[move])
    (moved,) = [each for each in simulation["people"] if each["employee_id"] == str(person)]
    assert moved["before"]["total"] == "63.40" != moved["after"]["total"]
    assert (await cards())[person].result.workdays == 129


async def test_nothing_and_nonsense_are_refused(desk: Desk, sellers: Sellers) -> None:
    person = str(sellers.people[0])
    move = {"employee_id": person, "department_id": str(sellers.department_id), "position_id": str(uuid4())}
    target = {"target_id": await desk.target_of(sellers.people[0]), "value": "1"}
    assert [
        await desk.refused(),
        await desk.refused(scheme_id=str(sellers.scheme_id)),
        await desk.refused(targets=[{**target, "target_id": str(uuid4())}]),
        await desk.refused(targets=[{**target, "value": "0"}]),
        await desk.refused(moves=[{**move, "on": "2026-04-01", "department_id": str(uuid4())}]),
        await desk.refused(moves=[{**move, "on": "2026-04-01", "employee_id": str(uuid4())}]),
        await desk.refused(bonus_bands=[{"grade": "good", "amount": "-1"}]),
    ] == [
        (422, "request_invalid"),
        (422, "request_invalid"),
        (404, "not_found"),
        (422, "target_not_positive"),
        (404, "department_not_found"),
        (404, "not_found"),
        (422, "request_invalid"),
    ]


async def test_a_draft_that_a_metric_has_made_wrong_is_refused_as_its_publication_is(
    desk: Desk, wiring: Wiring, sellers: Sellers
) -> None:
    returns = {**SALES, "key": "returns", "name": "Returns", "measure": "order.returned"}
    defined = (await desk.client.post("/v1/metrics", json=returns, headers=desk.hr)).json()
    document = sales_scheme(sales=5000, conversion=4000)
    document["items"][1] |= {"metric": "returns", "rule": {"kind": "ratio"}}
    await draft_version(wiring, sellers, 2, document)
    turned = await desk.client.patch(f"/v1/metrics/{defined['id']}", json={"direction": "lower"}, headers=desk.hr)
    assert turned.status_code == 200, turned.text
    version = f"/v1/schemes/{sellers.scheme_id}/versions/2/publication"
    published = await desk.client.post(version, json={"effect": "whole_cycle"}, headers=desk.hr)
    simulated = await desk.post(scheme_id=str(sellers.scheme_id), version=2)
    for refused in (published, simulated):
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/items/1/rule/form"


async def test_a_frozen_cycle_simulates_and_applies_nothing(desk: Desk, wiring: Wiring, sellers: Sellers) -> None:
    target = {"target_id": await desk.target_of(sellers.people[0]), "value": "1200000"}
    simulation = await desk.ask(targets=[target])
    await freeze(wiring, sellers)
    assert await desk.refused(targets=[target]) == (409, "cycle_not_plannable")
    assert (await desk.apply(simulation)).json()["code"] == "cycle_not_plannable"


async def test_nobody_else_applies_it(desk: Desk, sellers: Sellers) -> None:
    person = sellers.people[0]
    simulation = await desk.ask(targets=[{"target_id": await desk.target_of(person), "value": "1200000"}])
    confined = bearer(make_hr(sellers.tenant_id, hr_departments=(sellers.department_id,)))
    own = bearer(make_hr(sellers.tenant_id, employee_id=person))
    answers = [await desk.apply(simulation, **headers) for headers in (confined, own)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (403, "not_permitted"),
        (403, "separation_of_duties"),
    ]


async def test_a_simulation_shows_who_would_move_and_touches_nothing(
    client: httpx.AsyncClient, wiring: Wiring, sellers: Sellers, observe: Observe, cards: Cards
) -> None:
    await observe(*three_facts(sellers))
    await set_targets(wiring, sellers, "1200000")
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    before, hr = await cards(), make_hr(sellers.tenant_id)
    path = f"/v1/cycles/{sellers.cycle_id}/simulations"
    answer = await client.post(path, json={"scheme_id": str(sellers.scheme_id), "version": 2}, headers=bearer(hr))
    simulation = answer.json()
    assert answer.status_code == 201, answer.text
    people = {UUID(each["employee_id"]): each for each in simulation["people"]}
    moves = [(people[person]["before"]["total"], people[person]["after"]["total"]) for person in sellers.people]
    assert moves == [("61.00", "60.50"), ("79.50", "82.00"), ("72.50", "76.75")]
    assert simulation["summary"]["moves"] == [{"from": "fair", "to": "good", "people": 1}]
    assert await cards() == before
    assert await get(client, hr, f"{path}/{simulation['id']}") == simulation
    assert [each["id"] for each in (await get(client, hr, path))["data"]] == [simulation["id"]]
    person = make_person(sellers.tenant_id, sellers.people[0])
    assert (await client.get(path, headers=bearer(person))).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"version": 2**64}, 422), ({"version": 9}, 404), ({"scheme_id": str(uuid4())}, 404), ({"version": 0}, 422)],
)
async def test_a_simulation_of_nothing_is_refused(
    client: httpx.AsyncClient, sellers: Sellers, wrong: dict[str, Any], status: int
) -> None:
    body = {"scheme_id": str(sellers.scheme_id), "version": 1, **wrong}
    path = f"/v1/cycles/{sellers.cycle_id}/simulations"
    answer = await client.post(path, json=body, headers=bearer(make_hr(sellers.tenant_id)))
    assert answer.status_code == status
