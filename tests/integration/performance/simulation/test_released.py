"""A supposed target may release what is set by hand below it; applied, it releases exactly that."""

from typing import Any

import pytest

from services.performance.usecases.observations.record_observations import record_observations
from shared.core.access import Principal
from tests.factories.access import make_admin
from tests.factories.performance import make_observation
from tests.factories.procedure_company import Company
from tests.integration.performance.procedure.test_released_overrides import by_hand, opened
from tests.integration.performance.procedure.test_target_history import history, target_of
from tests.integration.performance.procedure.test_target_rights import of_department, staff

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def simulated(company: Company, cycle: Json, overrides: str) -> Json:
    target = {"target_id": (await of_department(company, cycle, "SALES"))["id"], "value": "2460000"}
    body = {"targets": [{**target, "overrides": overrides}]}
    made: Json = await company.send("POST", f"/v1/cycles/{cycle['id']}/simulations", body, by=company.hr)
    return made


async def applied(company: Company, simulation: Json, by: Principal) -> tuple[int, str]:
    path = f"/v1/cycles/{simulation['cycle_id']}/simulations/{simulation['id']}/application"
    answer = await company.ask("POST", path, {"reason": "as decided"}, by=by)
    return answer.status_code, answer.json().get("code", "")


def after(company: Company, simulation: Json, name: str) -> Json:
    (found,) = (each for each in simulation["people"] if each["employee_id"] == str(company.people[name]))
    shown: Json = found["after"]
    return shown


async def observed(company: Company) -> Json:
    cycle = await opened(company)
    orders = [
        make_observation(subject_id=company.people[name], value=value)
        for name, value in (("s1", "810000"), ("s2", "815000"))
    ]
    await record_observations(company.wiring.works.of(company.tenant.tenant_id), orders)
    return cycle


async def test_what_is_simulated_with_it_is_what_comes_true(company: Company) -> None:
    """Of 800,000 by hand 810,000 give the base of 60, of 820,000 they do not; sales weigh 70 %."""
    cycle, admin = await observed(company), make_admin(company.tenant.tenant_id)
    before = await company.values(cycle)
    kept, freed = [await simulated(company, cycle, overrides) for overrides in ("keep", "release")]
    assert [made["targets"][0]["overrides"] for made in (kept, freed)] == ["keep", "release"]
    assert [after(company, made, "s1")["total"] for made in (kept, freed)] == ["42.00", "41.49"]
    assert await company.values(cycle) == before
    assert await applied(company, freed, admin) == (200, "")
    assert set((await company.values(cycle)).values()) == {"820000.00"}
    cards = (await company.send("GET", f"/v1/scorecards?cycle_id={cycle['id']}&limit=200", by=company.hr))["data"]
    shown = {each["employee_id"]: each["total"] for each in cards}
    for name in ("s1", "s2"):
        assert shown[str(company.people[name])] == after(company, freed, name)["total"]
    assert (await history(company, await target_of(company, cycle, "s1")))[-1]["cause"] == "override_released"


@pytest.mark.parametrize("name", ["s1", "s2"])
async def test_what_somebody_set_since_is_not_released(company: Company, name: str) -> None:
    cycle, admin = await observed(company), make_admin(company.tenant.tenant_id)
    made = await simulated(company, cycle, "release")
    await by_hand(company, await target_of(company, cycle, name), {"value": "790000", "reason": "decided meanwhile"})
    values = await company.values(cycle)
    assert await applied(company, made, admin) == (409, "simulation_outdated")
    assert await company.values(cycle) == values


async def test_nobody_applies_what_releases_their_own(company: Company) -> None:
    cycle = await observed(company)
    kept, freed = [await simulated(company, cycle, overrides) for overrides in ("keep", "release")]
    assert await applied(company, freed, staff(company, "s1")) == (403, "separation_of_duties")
    assert await applied(company, kept, staff(company, "s1")) == (200, "")
