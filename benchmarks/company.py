"""A company of sellers with one scheme and an open cycle, founded through the API; every order moves a score."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from benchmarks.observations import PERIOD, SOURCE, Crm
from deploy.demo.client import Caller, Json

CLOCK = "2026-03-05T09:00:00+08:00"
SCOPES = (
    *("employees:read", "employees:write", "connections:write", "observations:write", "metrics:write"),
    *("schemes:write", "cycles:read", "cycles:write", "scores:read", "webhooks:write"),
)
_AT_ONCE = 8
_PATIENCE_SECONDS = 60.0
_METRICS = {"sales": ("sum", "currency"), "orders": ("count", "count"), "mean_order": ("mean", "currency")}
_STEPS: Json = {
    "kind": "steps",
    "base": "60",
    "anchor": {"of_target": "1"},
    "unit": {"value": "100000"},
    "up": "2",
    "down": "proportional",
    "quantise_above": "floor",
    "quantise_below": "exact",
    "cap": "100",
}
_LINES: tuple[tuple[str, int, Json, str], ...] = (
    ("sales", 6000, _STEPS, "10000000"),
    ("orders", 3000, {"kind": "ratio", "form": "direct", "cap": "100"}, "100000"),
    ("mean_order", 1000, {"kind": "ratio", "form": "direct", "cap": "100"}, "10000"),
)
"""Targets far off: no order meets a cap."""


@dataclass(frozen=True, slots=True)
class Company:
    tenant_id: UUID
    cycle_id: str
    employees: dict[str, str]
    """Ids by work number."""
    crm: Crm


async def found(tenant_id: UUID, *, admin: Caller, hr: Caller, people: int) -> Company:
    """Found it, and wait until the connector and the engine know everybody."""
    await admin.put("/v1/tenant/clock", {"now": CLOCK})
    await hr.post("/v1/connections", {"key": SOURCE, "name": SOURCE})
    department = (await hr.post("/v1/departments", {"code": "SALES", "name": "Sales"}))["id"]
    position = (await hr.post("/v1/positions", {"code": "seller", "name": "Seller"}))["id"]
    numbers = [f"W{number:04d}" for number in range(people)]
    employees = await _hire(hr, numbers, {"department_id": department, "position_id": position})
    await _publish_scheme(hr, position)
    crm = Crm(numbers)
    await _until(lambda: _knows(hr, crm, numbers))
    cycle = await hr.post("/v1/cycles", {"name": "2026 H1", "plan_due_on": "2026-01-10", **PERIOD})
    await hr.post(f"/v1/cycles/{cycle['id']}/opening")
    await _until(lambda: _all_opened(hr, cycle["id"], people))
    return Company(tenant_id, cycle["id"], employees, crm)


async def _hire(hr: Caller, numbers: list[str], place: Json) -> dict[str, str]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def hire(number: str) -> str:
        body = {"work_number": number, "name": number, "joined_on": "2020-01-01", "employment": place}
        async with gate:
            employee_id: str = (await hr.post("/v1/employees", body))["id"]
        return employee_id

    ids = await asyncio.gather(*map(hire, numbers))
    return dict(zip(numbers, ids, strict=True))


async def _publish_scheme(hr: Caller, position: str) -> None:
    for key, (aggregation, unit) in _METRICS.items():
        metric = {"key": key, "name": key, "unit": unit, "direction": "higher", "aggregation": aggregation}
        await hr.post("/v1/metrics", {**metric, "measure": "order.amount"})
    items = [
        {"key": key, "metric": key, "name": key, "weight": weight, "rule": rule, "default_target": target}
        for key, weight, rule, target in _LINES
    ]
    document = {"points_basis": "item", "items": items}
    scheme = await hr.post("/v1/schemes", {"name": "sales", "document": document, "position_ids": [position]})
    await hr.post(f"/v1/schemes/{scheme['id']}/versions/1/publication", {"effect": "whole_cycle"})


async def _knows(hr: Caller, crm: Crm, numbers: list[str]) -> bool:
    """Tell whether the connector counts an order of each of them; those that must wait are released later."""
    orders = list(map(crm.order, numbers))
    answer = await hr.post("/v1/observations", {"source": SOURCE, "items": orders})
    accepted: int = answer["summary"]["accepted"]
    return accepted == len(orders)


async def _all_opened(hr: Caller, cycle_id: str, people: int) -> bool:
    return len(await hr.all("/v1/scorecards", cycle_id=cycle_id)) == people


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Look again until it holds; raises TimeoutError where it does not in good time."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 -- over HTTP
            await asyncio.sleep(0.2)
