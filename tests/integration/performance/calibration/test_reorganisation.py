"""A frozen cycle groups its people by the departments as they were; who may see them follows those of today."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from services.performance.wiring import Wiring
from shared.contracts.organisation import DepartmentChanged, Headship
from shared.core.access import Principal
from tests.factories.access import make_hr, make_person
from tests.factories.calibration import Json, Table
from tests.factories.sellers import LONG_AGO, Sellers, freeze, publish, three_facts
from tests.integration.performance.conftest import Observe

pytestmark = pytest.mark.anyio
QUOTA = {"grade": "good", "kind": "max", "share": 10_000}


@dataclass(frozen=True)
class Company:
    """Two divisions with a head each; the sellers begin under the first."""

    wiring: Wiring
    sellers: Sellers
    first: UUID
    second: UUID

    async def place(self, department_id: UUID, parent_id: UUID | None = None, **more: object) -> None:
        """Let the archive tell of a department; later words are about later times."""
        document = {"sequence": 2, "code": "D", "name": "D", **more}
        head = Headship(employee_id=department_id, kind="head", starts_on=LONG_AGO.date())
        async with self.wiring.works.begin(self.sellers.tenant_id) as uow:
            told = DepartmentChanged(department_id=department_id, parent_id=parent_id, heads=(head,), **document)
            assert await uow.org.keep_department(told)
            await uow.commit()

    async def reorganise(self) -> None:
        """Let the sellers work under the other division, and give up the one that they were in."""
        await self.place(self.sellers.department_id, self.second, sequence=3, code="A")
        await self.place(self.first, sequence=3, code="Z", deleted=True)


@pytest.fixture
async def company(wiring: Wiring, sellers: Sellers) -> Company:
    company = Company(wiring, sellers, uuid4(), uuid4())
    await company.place(company.first, code="1")
    await company.place(company.second, code="2")
    await company.place(sellers.department_id, company.first, code="S")
    return company


@pytest.fixture
async def held(client: httpx.AsyncClient, company: Company, observe: Observe) -> Table:
    """Give HR of a running cycle that is held to quotas by division and in the first one."""
    table = Table(client, company.sellers)
    await observe(*three_facts(company.sellers))
    populations: list[Json] = [
        {"kind": "level", "level": 1, "name": "Divisions"},
        {"kind": "department", "department_id": str(company.first), "name": "First"},
    ]
    policy = {"populations": [{**each, "quotas": [QUOTA]} for each in populations]}
    await table.send("PUT", f"/v1/cycles/{company.sellers.cycle_id}/distribution-policy", policy)
    return table


async def groups(table: Table, *, by: Principal | None = None) -> list[tuple[str, str, int]]:
    shown = await table.send("GET", f"/v1/cycles/{table.sellers.cycle_id}/distribution", by=by)
    return [(each["name"], each["department_id"], each["graded"]) for each in shown["populations"]]


async def test_until_the_freeze_the_distribution_follows_the_organisation(company: Company, held: Table) -> None:
    await company.reorganise()
    second, first = str(company.second), str(company.first)
    assert await groups(held) == [("Divisions", second, 3), ("First", first, 0)]


async def test_a_later_reorganisation_moves_nobody_in_the_distribution(company: Company, held: Table) -> None:
    await freeze(company.wiring, company.sellers)
    before = await groups(held)
    assert before == [("Divisions", str(company.first), 3), ("First", str(company.first), 3)]
    await company.reorganise()
    assert await groups(held) == before
    await publish(company.wiring, company.sellers)
    assert await groups(held) == before


async def test_a_session_is_about_whom_the_frozen_cycle_counts_in_a_department(company: Company, held: Table) -> None:
    await freeze(company.wiring, company.sellers)
    await company.reorganise()
    session = await held.open(department_id=str(company.first))
    assert [each["graded"] for each in session["before"]] == [3, 3]
    assert (await held.adjust(session, 2, grade="good")).status_code == 201
    elsewhere = await held.open(department_id=str(company.second))
    assert [each["graded"] for each in elsewhere["before"]] == [0]
    assert (await held.adjust(elsewhere, 1, grade="fair")).status_code == 404
    later = uuid4()
    await company.place(later, company.second)
    path = f"/v1/cycles/{company.sellers.cycle_id}/calibration-sessions"
    assert (await held.ask("POST", path, {"name": "New", "department_id": str(later)})).status_code == 404


async def test_who_may_see_or_decide_follows_the_heads_of_today(company: Company, held: Table) -> None:
    """The sellers' results are the second division's to see now, so nobody of the first is told of them."""
    await freeze(company.wiring, company.sellers)
    tenant, cycle = company.sellers.tenant_id, company.sellers.cycle_id
    former = make_hr(tenant, hr_departments=(company.first,))
    both = make_hr(tenant, hr_departments=(company.first, company.second))
    heads = [make_person(tenant, each) for each in (company.first, company.second)]
    session = await held.open(department_id=str(company.first))
    assert [len(await groups(held, by=who)) for who in (former, both, *heads)] == [2, 2, 2, 0]
    assert await seen(held, session, former, both) == [(1, 200), (1, 200)]
    await company.place(company.sellers.department_id, company.second, sequence=3)
    assert [len(await groups(held, by=who)) for who in (former, both, *heads)] == [0, 2, 0, 0]
    assert await seen(held, session, former, both) == [(0, 404), (1, 200)]
    path, about = f"/v1/cycles/{cycle}/calibration-sessions", {"name": "Former", "department_id": str(company.first)}
    assert (await held.ask("POST", path, about, by=former)).status_code == 404
    assert (await held.act(session, "application", by=former)).status_code == 404
    assert (await held.act(session, "application", by=both)).status_code == 200


async def seen(table: Table, session: Json, *callers: Principal) -> list[tuple[int, int]]:
    """Count for each caller the sessions listed, and ask for one."""
    path, one = f"/v1/cycles/{table.sellers.cycle_id}/calibration-sessions", f"/v1/calibration-sessions/{session['id']}"
    listed = [await table.send("GET", path, by=who) for who in callers]
    asked = [await table.ask("GET", one, by=who) for who in callers]
    return [(len(page["data"]), answer.status_code) for page, answer in zip(listed, asked, strict=True)]
