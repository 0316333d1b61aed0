"""A real company's numbers through the public API: 290 people, 163 person-quarters, 3,806 orders, to the cent."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import floor
from typing import Any

import pytest

from deploy.demo.client import Caller
from tests.factories.adventureworks import QUARTERS, AdventureWorks, Order, Worker, last_day
from tests.factories.waiting import eventually
from tests.journeys.conftest import World
from tests.journeys.living import at_once, set_clock
from tests.requirements import DATA

pytestmark = [pytest.mark.anyio, pytest.mark.needs("data"), pytest.mark.timeout(600)]
Json = dict[str, Any]

SALES_METRIC = {
    "key": "sales",
    "name": "Sales",
    "unit": "currency",
    "direction": "higher",
    "aggregation": "sum",
    "measure": "order.amount",
}
CAP = 150
SALES_SCHEME = {
    "points_basis": "item",
    "items": [
        {
            "key": "sales",
            "name": "Sales",
            "metric": "sales",
            "weight": 10000,
            "rule": {"kind": "ratio", "cap": str(CAP)},
        },
    ],
}


@dataclass
class Loaded:
    """Ids the API gave, and the system that knows quotas and orders."""

    erp: Caller = field(init=False)

    departments: dict[str, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    employees: dict[str, str] = field(default_factory=dict)


async def test_every_quarter_of_every_seller(world: World) -> None:
    # Given the company, its sellers' scheme, and the systems that know quotas and orders
    data = AdventureWorks(DATA / "adventureworks")
    await world.admin.patch("/v1/tenant", {"zone": "America/Los_Angeles", "currency": "USD", "locale": "en"})
    await set_clock(world, date(2022, 6, 20))
    loaded = await load_organisation(world, data)
    await connect_and_weigh(world, data, loaded)

    # When quarter after quarter passes
    cycles = [await live_through(world, data, loaded.erp, quarter) for quarter in range(len(QUARTERS))]

    # Then every score is what an independent computation says, and the last year is what the sample says
    actuals: dict[str, Decimal] = defaultdict(Decimal)
    seen = 0
    for quarter, cycle_id in enumerate(cycles):
        expected = scores_of(data, quarter)
        cards = await settled_cards(world, cycle_id, loaded, expected)
        for seller, score in expected.items():
            item = cards[seller]["items"][0]
            assert Decimal(cards[seller]["total"]) == score, (seller, quarter)
            assert Decimal(item["target"]) == data.quotas[seller, quarter]
            actuals[seller] += Decimal(item["actual"]) if quarter >= 8 else 0
            seen += 1
    assert seen == 163
    assert dict(actuals) == dict(data.year_to_date)


async def load_organisation(world: World, data: AdventureWorks) -> Loaded:
    """Post departments, positions, and everybody with every transfer; managers come first."""
    loaded = Loaded()
    top = await world.admin.post("/v1/departments", {"code": "AW", "name": "AdventureWorks"})
    for number, name in data.departments.items():
        department = {"code": number, "name": name, "parent_id": top["id"]}
        loaded.departments[number] = (await world.admin.post("/v1/departments", department))["id"]
    for index, title in enumerate(sorted({worker.title for worker in data.workers})):
        loaded.positions[title] = (await world.admin.post("/v1/positions", {"code": f"P{index}", "name": title}))["id"]
    for level in sorted({worker.level for worker in data.workers}):
        await at_once(partial(hire, world, loaded, worker) for worker in data.workers if worker.level == level)
    await check_organisation(world, data, loaded)
    return loaded


async def hire(world: World, loaded: Loaded, worker: Worker) -> None:
    def employment(index: int) -> Json:
        spell = worker.spells[index]
        manager = {"manager_id": loaded.employees[worker.manager]} if worker.manager else {}
        place = {"department_id": loaded.departments[spell.department], "position_id": loaded.positions[worker.title]}
        return {**place, **manager, "starts_on": spell.starts_on.isoformat()}

    joined_on = worker.spells[0].starts_on.isoformat()
    body = {"work_number": worker.number, "name": worker.login, "joined_on": joined_on, "employment": employment(0)}
    loaded.employees[worker.number] = (await world.admin.post("/v1/employees", body))["id"]
    for index in range(1, len(worker.spells)):
        await world.admin.post(f"/v1/employees/{loaded.employees[worker.number]}/employments", employment(index))


async def check_organisation(world: World, data: AdventureWorks, loaded: Loaded) -> None:
    assert len(await world.admin.all("/v1/employees")) == 290
    moved = [worker for worker in data.workers if len(worker.spells) > 1]
    spells = 0
    for worker in moved:
        path = f"/v1/employees/{loaded.employees[worker.number]}/employments"
        history = (await world.admin.get(path))["data"]
        assert [row["department_id"] for row in history] == [loaded.departments[s.department] for s in worker.spells]
        assert [row["ends_on"] for row in history[:-1]] == [row["starts_on"] for row in history[1:]]
        spells += len(history) - 1
    assert spells == 6


async def connect_and_weigh(world: World, data: AdventureWorks, loaded: Loaded) -> None:
    """Let sellers' titles share one scheme of one item, and the ERP in."""
    await world.admin.post("/v1/connections", {"key": "erp", "name": "ERP"})
    scopes = ["observations:write", "business_targets:write"]
    client = await world.admin.post("/v1/api-clients", {"name": "erp", "scopes": scopes})
    loaded.erp = world.api.client(client_id=client["id"], client_secret=client["secret"])
    await world.admin.post("/v1/metrics", SALES_METRIC)
    titles = {worker.title for worker in data.workers if worker.number in data.year_to_date}
    positions = [loaded.positions[title] for title in sorted(titles)]
    scheme = await world.admin.post(
        "/v1/schemes", {"name": "Sellers", "position_ids": positions, "document": SALES_SCHEME}
    )
    await world.admin.post(f"/v1/schemes/{scheme['id']}/versions/1/publication", {"effect": "whole_cycle"})


async def live_through(world: World, data: AdventureWorks, erp: Caller, quarter: int) -> str:
    """Set quotas, open the quarter, let its orders arrive, declare it complete; gives the cycle's id."""
    starts_on, ends_on = QUARTERS[quarter]
    await set_clock(world, starts_on)
    period = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    quotas = {seller: quota for (seller, index), quota in data.quotas.items() if index == quarter}
    await at_once(partial(put_quota, erp, seller, quota, period) for seller, quota in quotas.items())
    cycle = await open_cycle(world, f"Q{quarter}", period, sellers=len(quotas))
    await set_clock(world, last_day(ends_on))
    orders = [order for order in data.orders if order.quarter == quarter]
    for start in range(0, len(orders), 1000):
        items = [as_item(order) for order in orders[start : start + 1000]]
        answer = await erp.post("/v1/observations", {"source": "erp", "items": items})
        assert answer["summary"]["accepted"] == len(items), answer["summary"]
    control = {"count": len(orders), "sum": str(sum(order.amount for order in orders))}
    complete = {"source": "erp", "measure": "order.amount", "starts_on": period["starts_on"]}
    through = {"complete_through": last_day(ends_on).isoformat()}
    assert (await erp.post("/v1/completeness", {**complete, **through, **control}))["agrees"]
    return cycle


async def put_quota(erp: Caller, seller: str, quota: Decimal, period: Json) -> None:
    path = f"/v1/business-targets/erp/quota-{seller}-{period['starts_on']}"
    await erp.put(path, {"metric": "sales", "employee": {"ref": seller}, "value": str(quota), **period})


async def open_cycle(world: World, name: str, period: Json, *, sellers: int) -> str:
    body = {"name": name, "plan_due_on": period["starts_on"], **period}
    cycle_id = str((await world.admin.post("/v1/cycles", body))["id"])
    await world.admin.post(f"/v1/cycles/{cycle_id}/opening")

    async def all_targets() -> bool:
        path = f"/v1/cycles/{cycle_id}/targets"
        found = await world.admin.all(path, metric="sales", subject_kind="employee")
        return sum(target["value"] is not None for target in found) >= sellers

    await eventually(all_targets)
    return cycle_id


def as_item(order: Order) -> Json:
    return {
        "id": order.number,
        "measure": "order.amount",
        "employee": {"ref": order.seller},
        "value": str(order.amount),
        "currency": "USD",
        "occurred_at": f"{order.month}-15T12:00:00-08:00",
    }


def scores_of(data: AdventureWorks, quarter: int) -> Mapping[str, Decimal]:
    """Compute every seller's score anew, in fractions: 100 · sales / quota, capped, rounded half up to 2 places."""
    sales: dict[str, Fraction] = defaultdict(Fraction)
    for order in data.orders:
        if order.quarter == quarter:
            sales[order.seller] += Fraction(order.amount)
    scores = {}
    for (seller, index), quota in data.quotas.items():
        if index == quarter:
            points = min(100 * sales[seller] / Fraction(quota), Fraction(CAP))
            scores[seller] = Decimal(int(half_up(half_up(points, 6), 2) * 100)).scaleb(-2)
    return scores


def half_up(value: Fraction, digits: int) -> Fraction:
    return Fraction(floor(value * 10**digits + Fraction(1, 2)), 10**digits)


async def settled_cards(
    world: World, cycle_id: str, loaded: Loaded, expected: Mapping[str, Decimal]
) -> Mapping[str, Json]:
    """Wait until every expected seller has a total, then give the scorecards by work number."""
    numbers = {employee_id: number for number, employee_id in loaded.employees.items()}
    cards: dict[str, Json] = {}

    async def settled() -> bool:
        found = await world.admin.all("/v1/scorecards", cycle_id=cycle_id)
        cards.update({numbers[card["employee_id"]]: card for card in found})
        return all(
            cards.get(seller, {}).get("total") is not None and Decimal(cards[seller]["total"]) == score
            for seller, score in expected.items()
        )

    await eventually(settled)
    return cards
