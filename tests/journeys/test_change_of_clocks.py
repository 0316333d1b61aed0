"""A cycle of all of summer time: what happened near a change of clocks counts on its business day."""

from decimal import Decimal
from typing import Any

import pytest

from deploy.demo.client import Caller
from tests.factories.procedure import SALES
from tests.factories.waiting import eventually
from tests.journeys.conftest import World

pytestmark = pytest.mark.anyio
PERIOD = {"starts_on": "2026-03-29", "ends_on": "2026-10-26"}
INSTANTS = {
    "2026-03-28T22:59:59Z": None,
    "2026-03-28T23:00:00Z": "2026-03-29",
    "2026-03-29T00:59:59Z": "2026-03-29",
    "2026-03-29T01:30:00Z": "2026-03-29",
    "2026-03-29T21:59:59Z": "2026-03-29",
    "2026-03-29T22:00:00Z": "2026-03-30",
    "2026-10-24T21:59:59Z": "2026-10-24",
    "2026-10-24T22:00:00Z": "2026-10-25",
    "2026-10-25T02:30:00+02:00": "2026-10-25",
    "2026-10-25T02:30:00+01:00": "2026-10-25",
    "2026-10-25T22:59:59Z": "2026-10-25",
    "2026-10-25T23:00:00Z": None,
}
"""Business days in Berlin; None outside of the cycle. On 29 March the day has 23 hours, on 25 October 25."""


async def test_instants_around_changes_of_clocks_count_on_their_business_day(world: World) -> None:
    admin = world.admin
    await admin.patch("/v1/tenant", {"zone": "Europe/Berlin", "currency": "EUR", "locale": "en"})
    await admin.put("/v1/tenant/clock", {"now": "2026-03-20T09:00:00+01:00"})
    crm = await sell(world)
    cycle = await open_summer(world)
    await admin.put("/v1/tenant/clock", {"now": "2026-10-26T09:00:00+01:00"})
    values = {instant: 2**at for at, instant in enumerate(INSTANTS)}
    orders = [order(instant, value) for instant, value in values.items()]
    await crm.post("/v1/observations", {"source": "crm", "items": orders})
    counting = Decimal(sum(values[instant] for instant, day in INSTANTS.items() if day))

    async def counted() -> bool:
        cards = await admin.all("/v1/scorecards", cycle_id=cycle)
        return [Decimal(each["actual"] or 0) for card in cards for each in card["items"]] == [counting]

    await eventually(counted)
    observed = await admin.all("/v1/observations", source="crm")
    days = {each["remote_id"]: each["credit_date"] for each in observed}
    assert days == {instant: day or outside(instant) for instant, day in INSTANTS.items()}


async def sell(world: World) -> Caller:
    """Employ a seller, and connect the system that knows the orders."""
    department = await world.admin.post("/v1/departments", {"code": "S", "name": "Sales"})
    position = await world.admin.post("/v1/positions", {"code": "seller", "name": "Seller"})
    employment = {"department_id": department["id"], "position_id": position["id"]}
    person = {"work_number": "S1", "name": "S1", "joined_on": "2020-01-01", "employment": employment}
    await world.admin.post("/v1/employees", person)
    await world.admin.post("/v1/connections", {"key": "crm", "name": "CRM"})
    client = await world.admin.post("/v1/api-clients", {"name": "crm", "scopes": ["observations:write"]})
    return world.api.client(client_id=client["id"], client_secret=client["secret"])


async def open_summer(world: World) -> str:
    """Open a cycle that covers all of summer time."""
    item = {"key": "sales", "name": "Sales", "metric": "sales", "weight": 10000, "rule": {"kind": "ratio"}}
    document = {"items": [{**item, "default_target": "4095"}]}
    await world.admin.post("/v1/metrics", SALES)
    scheme = await world.admin.post("/v1/schemes", {"name": "Sales", "document": document})
    await world.admin.post(f"/v1/schemes/{scheme['id']}/versions/1/publication", {"effect": "whole_cycle"})
    cycle = await world.admin.post("/v1/cycles", {"name": "Summer time", "plan_due_on": "2026-04-20", **PERIOD})
    await world.admin.post(f"/v1/cycles/{cycle['id']}/opening")
    return str(cycle["id"])


def order(instant: str, value: int) -> dict[str, Any]:
    """Sell for a power of two, so that a sum says which orders are in it."""
    money = {"value": str(value), "currency": "EUR"}
    return {"id": instant, "measure": "order.amount", "employee": {"ref": "S1"}, "occurred_at": instant, **money}


def outside(instant: str) -> str:
    return "2026-03-28" if instant < "2026-10" else "2026-10-26"
