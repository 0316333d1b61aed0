"""What may be supposed, how long it holds, and what was asked for before there was more to suppose."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.performance.usecases.scoring.rescore import rescore
from services.performance.usecases.simulations.run_simulation import SIMULATION, run_simulation
from services.performance.wiring import Wiring
from shared.contracts.scores import Cause
from shared.core.operation import AtOnce, Operation
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.moves import open_service
from tests.factories.sellers import LONG_AGO, Sellers, draft_version, facts_of, make_employee, sales_scheme
from tests.factories.simulations import Desk, totals
from tests.integration.performance.conftest import Cards, Observe

pytestmark = pytest.mark.anyio


async def override(desk: Desk, target_id: str, value: str) -> httpx.Response:
    """Let somebody else of HR set a target."""
    body = {"value": value, "reason": "decided meanwhile", "confirm_tightening": True}
    other = bearer(make_hr(desk.sellers.tenant_id, subject="hr-2"))
    return await desk.client.put(f"/v1/targets/{target_id}/override", json=body, headers=other)


async def test_what_others_set_since_is_not_overwritten(desk: Desk, sellers: Sellers) -> None:
    target_id = await desk.target_of(sellers.people[0])
    simulation = await desk.ask(targets=[{"target_id": target_id, "value": "1200000"}])
    assert (await override(desk, target_id, "900000")).status_code == 200
    refused = await desk.apply(simulation)
    assert (refused.status_code, refused.json()["code"]) == (409, "simulation_outdated")
    asked = {"subject_id": str(sellers.people[0]), "metric": "sales"}
    path = f"/v1/cycles/{sellers.cycle_id}/targets"
    (target,) = (await desk.client.get(path, params=asked, headers=desk.hr)).json()["data"]
    assert (target["value"], target["override_reason"]) == ("900000", "decided meanwhile")
    assert (await desk.apply(await desk.ask(targets=[{"target_id": target_id, "value": "1200000"}]))).status_code == 200


async def test_targets_that_are_supposed_together_are_applied_together(
    desk: Desk, wiring: Wiring, sellers: Sellers
) -> None:
    """Setting one, and publishing a version, move the others' sequences."""
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    targets = [{"target_id": await desk.target_of(person), "value": "1200000"} for person in sellers.people]
    simulation = await desk.ask(scheme_id=str(sellers.scheme_id), version=2, targets=targets)
    assert (await desk.apply(simulation)).status_code == 200


async def test_a_move_gives_nobody_who_leaves_more_days(desk: Desk, wiring: Wiring, sellers: Sellers) -> None:
    person = sellers.people[0]
    leaver = make_employee(sellers, person, work_number="S000", sequence=2)
    spell = leaver.employments[0]
    gone = spell.model_copy(update={"ends_on": date(2026, 5, 1)})
    back = spell.model_copy(update={"id": uuid4(), "starts_on": date(2026, 5, 11), "ends_on": date(2026, 6, 1)})
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.org.keep_employee(leaver.model_copy(update={"employments": (gone, back)}))
        await rescore(uow, sellers.cycle_id, cause=Cause(kind="organisation"))
        await uow.commit()
    place = {"department_id": str(sellers.department_id), "position_id": str(uuid4())}
    for on in ("2026-04-01", "2026-05-05"):
        simulation = await desk.ask(moves=[{"employee_id": str(person), **place, "on": on}])
        assert totals(simulation)[str(person)] == totals(simulation, "before")[str(person)], on
    late = await desk.refused(moves=[{"employee_id": str(person), **place, "on": "2026-06-01"}])
    assert late == (404, "not_found")


async def test_a_simulation_asked_for_before_there_was_more_to_suppose_is_still_made(
    desk: Desk, wiring: Wiring, sellers: Sellers
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    said = {"cycle_id": str(sellers.cycle_id), "scheme_id": str(sellers.scheme_id), "version": 2}
    operation = Operation(
        id=uuid4(), kind=SIMULATION, parameters=said, created_by="hr", created_at=LONG_AGO, updated_at=LONG_AGO
    )
    await run_simulation(operation, wiring.works.of(sellers.tenant_id), AtOnce())
    made = await desk.client.get(f"{desk.path}/{operation.id}", headers=desk.hr)
    assert (made.status_code, made.json()["scheme_version"], len(made.json()["people"])) == (200, 2, 3)


async def test_what_is_supposed_twice_is_refused_where_it_stands(desk: Desk, sellers: Sellers) -> None:
    target, person = await desk.target_of(sellers.people[0]), str(sellers.people[0])
    move = {"employee_id": person, "department_id": str(sellers.department_id), "on": "2026-04-01"}
    bands = [{"grade": grade, "amount": "1"} for grade in ("good", "fair", "good")]
    twice: dict[str, Any] = {
        "/targets/1/target_id": {"targets": [{"target_id": target, "value": value} for value in ("1", "2")]},
        "/bonus_bands/2/grade": {"bonus_bands": bands},
        "/moves/1/employee_id": {"moves": [{**move, "position_id": str(uuid4())} for _ in range(2)]},
    }
    codes = []
    for pointer, supposed in twice.items():
        refused = await desk.post(**supposed)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["pointer"]) == (422, pointer)
        codes.append((refused.json()["code"], error["code"]))
    assert codes == [(code, code) for code in ("target_repeated", "band_repeated", "move_repeated")]
    place = {"department_id": str(sellers.department_id), "position_id": str(uuid4())}
    days = [{"employee_id": person, **place, "on": on} for on in ("2026-03-01", "2026-04-01")]
    assert UUID((await desk.ask(moves=days))["id"])


async def test_a_version_from_a_day_on_is_simulated_and_made_true(
    desk: Desk, wiring: Wiring, sellers: Sellers, cards: Cards
) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    version = {"scheme_id": str(sellers.scheme_id), "version": 2}
    whole = await desk.ask(**version)
    simulation = await desk.ask(**version, effective_on="2026-04-01")
    assert (simulation["scheme_version"], simulation["effective_on"]) == (2, "2026-04-01")
    assert totals(simulation) != totals(whole)
    assert (await desk.apply(simulation)).status_code == 200
    assert {str(person): f"{card.result.total:f}" for person, card in (await cards()).items()} == dict(
        totals(simulation)
    )
    published_version = await desk.client.get(f"/v1/schemes/{sellers.scheme_id}/versions/2", headers=desk.hr)
    assert (published_version.json()["effect"], published_version.json()["effective_on"]) == ("from_date", "2026-04-01")


async def test_what_cannot_be_supposed_is_refused(desk: Desk, wiring: Wiring, sellers: Sellers) -> None:
    await draft_version(wiring, sellers, 2, sales_scheme(sales=5000, conversion=4000))
    version = {"scheme_id": str(sellers.scheme_id), "version": 2}
    outside = await desk.post(**version, effective_on="2026-07-01")
    (error,) = outside.json()["errors"]
    assert (outside.status_code, error["pointer"], error["code"]) == (422, "/effective_on", "day_outside_cycle")
    alone = await desk.post(effective_on="2026-04-01", bonus_bands=[{"grade": "good", "amount": "1"}])
    assert (alone.status_code, alone.json()["errors"][0]["code"]) == (422, "version_incomplete")


async def test_what_is_not_there_or_cannot_be_is_refused_where_it_stands(desk: Desk, sellers: Sellers) -> None:
    known = {"target_id": await desk.target_of(sellers.people[0]), "value": "1"}
    place = {"department_id": str(sellers.department_id), "position_id": str(uuid4()), "on": "2026-04-01"}
    moved, nobody = {"employee_id": str(sellers.people[1]), **place}, {"employee_id": str(uuid4()), **place}
    bands, absent = [{"grade": grade, "amount": "1"} for grade in ("good", "superb")], str(uuid4())
    wrong: list[tuple[dict[str, Any], tuple[int, str, str]]] = [
        ({"scheme_id": absent, "version": 2}, (404, "not_found", "/scheme_id")),
        ({"scheme_id": str(sellers.scheme_id), "version": 9}, (404, "not_found", "/version")),
        ({"bonus_bands": bands}, (422, "grade_unknown", "/bonus_bands/1/grade")),
        ({"targets": [known, {"target_id": str(uuid4()), "value": "1"}]}, (404, "not_found", "/targets/1/target_id")),
        ({"targets": [{**known, "value": "0"}]}, (422, "target_not_positive", "/targets/0/value")),
        ({"moves": [moved, nobody]}, (404, "not_found", "/moves/1/employee_id")),
    ]
    for supposed, expected in wrong:
        refused = await desk.post(**supposed)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["code"], error["pointer"]) == expected


async def test_moves_of_one_person_happen_in_the_order_of_their_days(
    desk: Desk, wiring: Wiring, observe: Observe, sellers: Sellers
) -> None:
    """In whatever order they are said: to service in March, and back to sales in May."""
    archive = await open_service(wiring, sellers)
    person = sellers.people[0]
    await observe(*facts_of(person, sales="1260000", conversion=55, teamwork="85"))
    moves = [
        {
            "employee_id": str(person),
            "department_id": str(department_id),
            "position_id": str(sellers.position_id),
            "on": on,
        }
        for department_id, on in ((archive.service_id, "2026-03-02"), (sellers.department_id, "2026-05-04"))
    ]
    said, turned = [await desk.ask(moves=each) for each in (moves, moves[::-1])]
    assert totals(said) == totals(turned)
    sales, service = sellers.department_id, archive.service_id
    back = (sales, date(2026, 5, 4), None)
    await archive.tell(person, (sales, LONG_AGO.date(), date(2026, 3, 2)), (service, date(2026, 3, 2), back[1]), back)
    card = (await desk.client.get(f"/v1/scorecards/{sellers.card_of(person)}", headers=desk.hr)).json()
    assert totals(said)[str(person)] == card["total"] != totals(said, "before")[str(person)]
