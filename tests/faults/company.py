"""A company to hurt: people, rules, targets, two cycles, four subscribers; founded while everything is still well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.faults.client import Caller, Gateway, Json, person, system
from tests.faults.ledger import Ledger, Said
from tests.faults.narrator import item_of
from tests.faults.receiver import Receiver

SOURCES = ("crm", "core")
PERIOD = {"starts_on": "2026-01-01", "ends_on": "2026-07-01"}
CLOSED_PERIOD = {"starts_on": "2025-07-01", "ends_on": "2026-01-01"}
CLOCK = "2026-01-15T09:00:00+08:00"
SCOPES = (
    "employees:read", "employees:write", "connections:write", "observations:read", "observations:write",
    "business_targets:write", "schemes:read", "schemes:write", "metrics:write", "cycles:read", "cycles:write",
    "scores:read", "webhooks:write", "tenant:read",
)  # fmt: skip
SEED = "seed-"
"""How the ids begin of observations from before the first fault; only these come before the earlier cycle closes."""
SEEDED_DAYS = (date(2025, 9, 1), date(2026, 2, 2))
_SEEDED = {
    "seller": {"order.amount": "90000.50", "lead.created": "10", "lead.won": "7"},
    "agent": {"call.minutes": "150000.25", "loan.overdue_amount": "40000.75"},
}
EVENT_TYPES = ("score.changed.v1", "score.published.v1", "scheme.published.v1", "cycle.changed.v1", "target.changed.v1")
ENDPOINTS = {"thin": "thin", "full": "full", "flaky": "full", "slow": "thin"}
"""Endpoints by name, each with the payload it wants."""
COMPANY_TARGET = Decimal(6_000_000)
_STEPS: Json = {
    "kind": "steps",
    "base": "60",
    "anchor": {"of_target": "1"},
    "unit": {"value": "10000"},
    "up": "2",
    "down": "proportional",
    "quantise_above": "floor",
    "quantise_below": "exact",
    "cap": "120",
}
METRICS: tuple[Json, ...] = (
    {"key": "sales", "unit": "currency", "direction": "higher", "aggregation": "sum", "measure": "order.amount"},
    {
        "key": "conversion",
        "unit": "ratio",
        "direction": "higher",
        "aggregation": "ratio",
        "numerator": {"measure": "lead.won", "aggregation": "sum", "credit": "cohort_date"},
        "denominator": {"measure": "lead.created", "aggregation": "sum"},
    },
    {"key": "calls", "unit": "minutes", "direction": "higher", "aggregation": "sum", "measure": "call.minutes"},
    {
        "key": "overdue",
        "unit": "currency",
        "direction": "lower",
        "aggregation": "sum",
        "measure": "loan.overdue_amount",
    },
)


def _line(metric: str, weight: int, rule: Json, target: str) -> Json:
    return {
        "key": metric,
        "name": metric,
        "metric": metric,
        "weight": weight,
        "rule": rule,
        "default_target": target,
    }


def scheme_of(position: str, *, weight: int = 7000, up: str = "2", cap: str = "110") -> Json:
    """Write the rules of a position; `weight` is the first line's, in basis points."""
    if position == "seller":
        lines = [
            _line("sales", weight, {**_STEPS, "up": up}, "100000"),
            _line("conversion", 10_000 - weight, {"kind": "ratio", "form": "direct", "cap": cap}, "0.8"),
        ]
    else:
        lines = [
            _line("calls", weight, {"kind": "ratio", "form": "direct", "cap": cap}, "200000"),
            _line("overdue", 10_000 - weight, {"kind": "ratio", "form": "complement", "cap": cap}, "100000"),
        ]
    return {"points_basis": "item", "items": lines}


@dataclass
class Company:
    """Its ids, and who speaks for it; what it looks like now stands in the ledger."""

    tenant: str
    admin: Caller
    hr: Caller
    systems: dict[str, Caller]
    """By source."""
    connections: dict[str, str]
    departments: tuple[str, ...]
    position_ids: dict[str, str]
    cycle: str = ""
    closed_cycle: str = ""


async def found(
    gateway: Gateway,
    ledger: Ledger,
    *,
    tenant: str,
    username: str,
    password: str,
    people: int,
    receiver: Receiver,
) -> Company:
    """Found it with two sellers for each agent; the cycles are opened later, once everybody knows everybody."""
    admin = person(gateway, tenant=tenant, username=username, password=password)
    await set_clock(admin, ledger, CLOCK)
    hr = await _client(gateway, admin, "hr")
    await _subscribe(hr, receiver)
    company = Company(
        tenant,
        admin,
        hr,
        systems={source: await _client(gateway, admin, source) for source in SOURCES},
        connections={source: await _connect(hr, source) for source in SOURCES},
        departments=tuple([await _created(hr, "departments", code=code, name=code) for code in ("D1", "D2", "D3")]),
        position_ids={code: await _created(hr, "positions", code=code, name=code) for code in ("seller", "agent")},
    )
    for at in range(people):
        await hire(company, ledger, f"P{at:03d}", "agent" if at % 3 == 2 else "seller", key=f"hire-{at}")
    for metric in METRICS:
        await hr.post("/v1/metrics", {"name": metric["key"], **metric}, key=f"metric-{metric['key']}")
    for position in company.position_ids:
        await _first_scheme(company, ledger, position)
    return company


async def hire(
    company: Company, ledger: Ledger, number: str, position: str, *, key: str, joined_on: str = "2020-01-01"
) -> str:
    """Hire somebody; gives the employee's id."""
    place = {
        "department_id": company.departments[hash_of(number) % len(company.departments)],
        "position_id": company.position_ids[position],
    }
    body = {"work_number": number, "name": number, "joined_on": joined_on, "employment": place}
    employee_id: str = (await company.hr.post("/v1/employees", body, key=key))["id"]
    ledger.employees[number] = employee_id
    ledger.joined[employee_id] = date.fromisoformat(joined_on)
    ledger.positions[number] = position
    return employee_id


def hash_of(text: str) -> int:
    """Spread names evenly and the same way in every run."""
    return sum(text.encode())


async def set_clock(admin: Caller, ledger: Ledger, now: str) -> None:
    tenant = await admin.put("/v1/tenant/clock", {"now": now})
    ledger.clock = tenant["sequence"]


async def set_company_target(company: Company, ledger: Ledger, value: Decimal) -> None:
    body = {"metric": "sales", "company": True, "value": str(value), "currency": "CNY", **PERIOD}
    await company.systems["core"].put("/v1/business-targets/core/sales", body)
    ledger.company_target = value


async def begin(company: Company, ledger: Ledger) -> None:
    """Set the target, open both cycles, and give everybody something of every measure in each of them."""
    await set_company_target(company, ledger, COMPANY_TARGET)
    for name, period, due_on in (("closed_cycle", CLOSED_PERIOD, "2025-12-20"), ("cycle", PERIOD, "2026-06-01")):
        terms = {"name": name, "plan_due_on": due_on, **period}
        cycle = await company.hr.post("/v1/cycles", terms, key=f"cycle-{name}")
        await company.hr.post(f"/v1/cycles/{cycle['id']}/opening", key=f"open-{name}")
        setattr(company, name, cycle["id"])
    batch = [seed for day in SEEDED_DAYS for seed in _seeds(ledger, day)]
    body = {"source": SOURCES[-1], "items": [item_of(remote_id, 0, said) for remote_id, said in batch]}
    await company.systems[SOURCES[-1]].call("POST", "/v1/observations", json=body)
    for remote_id, said in batch:
        ledger.attempt((SOURCES[-1], remote_id), 0, said)
        ledger.acknowledge((SOURCES[-1], remote_id), 0)


async def all_are_scored(company: Company, ledger: Ledger) -> bool:
    """Tell whether everybody has a total in both cycles."""
    for cycle_id in (company.cycle, company.closed_cycle):
        cards = await company.hr.all("/v1/scorecards", cycle_id=cycle_id)
        if sum(card["grade"] is not None for card in cards) != len(ledger.employees):
            return False
    return True


def _seeds(ledger: Ledger, day: date) -> Iterator[tuple[str, Said]]:
    for number, position in ledger.positions.items():
        for measure, value in _SEEDED[position].items():
            said = Said(measure, ((number, Decimal(value)),), day, day if measure == "lead.won" else None)
            yield f"{SEED}{day}-{number}-{measure}", said


async def _client(gateway: Gateway, admin: Caller, name: str) -> Caller:
    body = {"name": name, "scopes": list(SCOPES)}
    client = await admin.post("/v1/api-clients", body, key=f"client-{name}")
    return system(gateway, client_id=client["id"], secret=client["secret"])


async def _created(caller: Caller, noun: str, **body: str) -> str:
    made: str = (await caller.post(f"/v1/{noun}", body, key=f"{noun}-{body['code']}"))["id"]
    return made


async def _connect(hr: Caller, source: str) -> str:
    made: str = (await hr.post("/v1/connections", {"key": source, "name": source}, key=f"connect-{source}"))["id"]
    return made


async def _first_scheme(company: Company, ledger: Ledger, position: str) -> None:
    document = scheme_of(position)
    body = {"name": position, "document": document, "position_ids": [company.position_ids[position]]}
    scheme = await company.hr.post("/v1/schemes", body, key=f"scheme-{position}")
    path = f"/v1/schemes/{scheme['id']}/versions/1/publication"
    await company.hr.post(path, {"effect": "whole_cycle"}, key=f"publish-{position}")
    ledger.schemes[position] = (scheme["id"], 1, document)


async def _subscribe(hr: Caller, receiver: Receiver) -> None:
    for name, payload in ENDPOINTS.items():
        body = {"url": f"{receiver.url}/{name}", "event_types": list(EVENT_TYPES), "payload": payload}
        webhook = await hr.post("/v1/webhooks", body, key=f"webhook-{name}")
        receiver.admit(name, webhook["id"], webhook["secret"])
