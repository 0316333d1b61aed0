"""A small company with something of every kind in it, and somebody in each role who looks at it."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from deploy.demo.client import Api, Caller, Json, Refused
from deploy.standalone.settings import Settings
from deploy.tenants import create_tenant
from services.gateway.domain.identity.scopes import SCOPES
from shared.core.access import Principal
from tests.factories.procedure import CONVERSION, SALES
from tests.factories.waiting import eventually

ROLES = ("admin", "hr", "head", "employee", "auditor", "integration")
ADMIN = "admin"
PEOPLE = ("head", "employee", "colleague")
CLOCK = "2026-03-02T09:00:00+08:00"
ENDED = {"name": "2025 H2", "starts_on": "2025-07-01", "ends_on": "2026-01-01", "plan_due_on": "2025-07-20"}
PRESENT = {"name": "2026 H1", "starts_on": "2026-01-01", "ends_on": "2026-07-01", "plan_due_on": "2026-01-20"}
ITEM = {"key": "sales", "name": "Sales", "metric": "sales", "weight": 10_000, "rule": {"kind": "ratio"}}
PASSWORD = "a long enough password"
SECONDS = 60.0
"""How long word of something new may take from one service to the others."""


async def found(settings: Settings) -> Mapping[str, Principal]:
    """Found a tenant in the running stack, fill it, and say who is who by role."""
    tenant = await create_tenant(settings, name="Fuzz", sandbox=True, admin=ADMIN)
    async with Api(settings.base_url) as api:
        admin = api.person(tenant=str(tenant.id), username=ADMIN, password=tenant.password)
        await admin.put("/v1/tenant/clock", {"now": CLOCK})
        people = await _organise(admin)
        system = await admin.post("/v1/api-clients", {"name": "CRM", "scopes": list(SCOPES)})
        await _connect(admin, api.client(client_id=system["id"], client_secret=system["secret"]))
        await _assess(admin, people)
        await _subscribe(admin)
        accounts = await _admit(admin, people)
    client = Principal(tenant.id, system["id"], "client", scopes=frozenset(SCOPES))
    return {"integration": client} | {role: _person(tenant.id, role, account) for role, account in accounts.items()}


async def _organise(admin: Caller) -> dict[str, str]:
    """Hire everybody into one department, and put things into their files."""
    position = (await admin.post("/v1/positions", {"code": "seller", "name": "销售顾问"}))["id"]
    company = (await admin.post("/v1/departments", {"code": "GM", "name": "总经办"}))["id"]
    sales = {"code": "SALES", "name": "销售部", "parent_id": company}
    place = {"department_id": (await admin.post("/v1/departments", sales))["id"], "position_id": position}
    people = {}
    for name in PEOPLE:
        body = {"work_number": name, "name": name, "joined_on": "2020-01-01", "employment": place}
        people[name] = (await admin.post("/v1/employees", body))["id"]
        leave = {"kind": "sick", "starts_on": "2026-02-02", "ends_on": "2026-02-04"}
        await admin.post(f"/v1/employees/{people[name]}/leaves", leave)
        record = {"kind": "training", "occurred_on": "2026-02-01", "title": "Selling", "note": "Well done"}
        await admin.post(f"/v1/employees/{people[name]}/records", record)
    heads = {"heads": [{"employee_id": people["head"], "starts_on": "2020-01-01"}]}
    await admin.put(f"/v1/departments/{place['department_id']}/heads", heads)
    return people


async def _connect(admin: Caller, system: Caller) -> None:
    """Let a system know everybody but one, say what they sold, and what the business wants."""
    await admin.post("/v1/connections", {"key": "crm", "name": "CRM"})
    items = [_order(name) for name in (*PEOPLE, "nobody")]
    await system.post("/v1/observations", {"source": "crm", "items": items})
    period = {"starts_on": PRESENT["starts_on"], "ends_on": PRESENT["ends_on"]}
    target = {"metric": "sales", "company": True, "value": "300000", "currency": "CNY", **period}
    await system.put("/v1/business-targets/crm/sales", target)


def _order(name: str) -> Json:
    return {
        "id": f"order-{name}",
        "measure": "order.amount",
        "employee": {"ref": name},
        "value": "1999.00",
        "currency": "CNY",
        "occurred_at": "2026-02-04T16:15:00+08:00",
    }


async def _assess(admin: Caller, people: Mapping[str, str]) -> None:
    """Publish one half-year, and let the next be under way."""
    for metric in (SALES, CONVERSION):
        await admin.post("/v1/metrics", metric)
    document = {"points_basis": "item", "items": [ITEM]}
    scheme = await admin.post("/v1/schemes", {"name": "Everybody", "document": document})
    await admin.post(f"/v1/schemes/{scheme['id']}/versions/1/publication", {"effect": "next_cycle"})
    await admin.post(f"/v1/schemes/{scheme['id']}/versions", {"document": document})
    for terms in (ENDED, PRESENT):
        cycle = await admin.post("/v1/cycles", terms)
        await admin.post(f"/v1/cycles/{cycle['id']}/opening")
        await eventually(_all_have_cards(admin, cycle["id"], len(people)), seconds=SECONDS)
        if terms is ENDED:
            await admin.post(f"/v1/cycles/{cycle['id']}/freeze")
            await admin.post(f"/v1/cycles/{cycle['id']}/publication")
    await admin.post(f"/v1/cycles/{cycle['id']}/simulations", {"scheme_id": scheme["id"], "version": 1})


def _all_have_cards(admin: Caller, cycle_id: str, people: int) -> Callable[[], Awaitable[bool]]:
    async def all_have() -> bool:
        return len(await admin.all("/v1/scorecards", cycle_id=cycle_id)) == people

    return all_have


async def _subscribe(admin: Caller) -> None:
    """Give the notifier somebody to tell; nobody is reached, for there is no such host."""
    body = {"url": "https://hooks.example.com/steelyard", "event_types": ["score.published.v1"]}
    webhook = await admin.post("/v1/webhooks", body)
    await admin.post(f"/v1/webhooks/{webhook['id']}/test")
    await admin.post("/v1/reminder-rules", {"task": "plan.submit", "days_before_or_after": [-1]})


async def _admit(admin: Caller, people: Mapping[str, str]) -> dict[str, Json]:
    """Give everybody an account; the first may wait until the gateway has heard of the people."""
    accounts: dict[str, Json] = {}
    for role in ROLES:
        if role == "integration":
            continue
        body: Json = {"username": f"somebody-{role}", "password": PASSWORD}
        body |= {"employee_id": people[role]} if role in people else {"roles": [role]}

        async def is_made(role: str = role, body: Json = body) -> bool:
            try:
                accounts[role] = await admin.post("/v1/accounts", body)
            except Refused:
                return False
            return True

        await eventually(is_made, seconds=SECONDS)
    return accounts


def _person(tenant_id: UUID, role: str, account: Json) -> Principal:
    employee_id = UUID(account["employee_id"]) if account["employee_id"] else None
    return Principal(tenant_id, account["id"], "person", employee_id=employee_id, roles=frozenset(account["roles"]))
