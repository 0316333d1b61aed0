"""Chapter 1: the company enters the archive: departments, people, heads, accounts, three years of history."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from deploy.demo.business import SELLERS
from deploy.demo.client import Json
from deploy.demo.company import DEPARTMENTS, HISTORY_YEARS, POSITIONS, Person
from deploy.demo.stage import PASSWORD, Stage
from shared.core.decimals import round_half_up

HOLIDAYS_2026 = (
    *(f"2026-01-0{day}" for day in (1, 2, 3)),
    *(f"2026-02-{day}" for day in range(15, 24)),
    *(f"2026-04-0{day}" for day in (4, 5, 6)),
    *(f"2026-05-0{day}" for day in (1, 2, 3, 4, 5)),
    *(f"2026-06-{day}" for day in (19, 20, 21)),
)
WORKDAYS_2026 = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09")
SYSTEMS = {
    "crm": ["observations:write"],
    "telephone": ["observations:write"],
    "finance": ["observations:write"],
    "erp": ["business_targets:write"],
}
STORY_SELLERS = ("SALES-seller-1", "SALES-seller-2", "SALES-seller-3")
BATCH = 1000


async def tell(stage: Stage) -> None:
    """Let HR's master data in through the API, as an import would."""
    stage.chapter("1 · The company enters the archive")
    await stage.move_clock("2025-12-22T09:00")
    await _departments_and_positions(stage)
    await _people(stage)
    await _accounts(stage)
    await _systems(stage)
    await _history(stage)


async def _departments_and_positions(stage: Stage) -> None:
    admin = stage.admin
    for plan in DEPARTMENTS:
        parent = {} if plan.code == "GM" else {"parent_id": stage.department_ids["GM"]}
        created = await admin.post("/v1/departments", {"code": plan.code, "name": plan.name, **parent})
        stage.department_ids[plan.code] = created["id"]
    for code, name in POSITIONS.items():
        stage.position_ids[code] = (await admin.post("/v1/positions", {"code": code, "name": name}))["id"]
    await admin.put("/v1/calendar", {"holidays": list(HOLIDAYS_2026), "workdays": list(WORKDAYS_2026)})


async def _people(stage: Stage) -> None:
    """Heads first, because others name them as managers."""
    heads = list(stage.company.heads.values())
    general_manager, others = heads[0], [p for p in stage.company.people if p not in heads]
    await hire(stage, general_manager)
    await stage.each("heads ", [partial(hire, stage, head) for head in heads[1:]])
    await stage.each("people", [partial(hire, stage, person) for person in others])
    for code, head in stage.company.heads.items():
        leads = {"employee_id": stage.employee_ids[head.key], "kind": "head", "starts_on": head.joined_on.isoformat()}
        await stage.admin.put(f"/v1/departments/{stage.department_ids[code]}/heads", {"heads": [leads]})
    found = await stage.admin.all("/v1/employees")
    stage.ledger.check("employees in the archive", len(found), len(stage.company.people))


async def hire(stage: Stage, person: Person) -> None:
    """Enter somebody with the first employment."""
    employment: Json = {
        "department_id": stage.department_ids[person.department],
        "position_id": stage.position_ids[person.position],
    }
    if person.manager is not None:
        employment["manager_id"] = stage.employee_ids[person.manager]
    body = {
        "work_number": person.work_number,
        "name": person.name,
        "joined_on": person.joined_on.isoformat(),
        "employment": employment,
    }
    stage.employee_ids[person.key] = (await stage.admin.post("/v1/employees", body))["id"]


async def _accounts(stage: Stage) -> None:
    """Accounts for whoever acts in the story: the heads, HR's with the HR role, and three sellers."""
    for key in (*(head.key for head in stage.company.heads.values()), *STORY_SELLERS):
        person = stage.company.by_key[key]
        body = {
            "username": person.work_number,
            "password": PASSWORD,
            "employee_id": stage.employee_ids[key],
            "roles": ["hr"] if person is stage.company.heads["HR"] else [],
        }
        await stage.admin.post("/v1/accounts", body)
        stage.people[key] = stage.api.person(tenant=stage.tenant, username=person.work_number, password=PASSWORD)


async def _systems(stage: Stage) -> None:
    """Connect the business systems, each with credentials for no more than it needs."""
    for name, scopes in SYSTEMS.items():
        connection = await stage.admin.post("/v1/connections", {"key": name, "name": name})
        stage.connection_ids[name] = connection["id"]
        client = await stage.admin.post("/v1/api-clients", {"name": name, "scopes": scopes})
        stage.systems[name] = stage.api.client(client_id=client["id"], client_secret=client["secret"])


async def _history(stage: Stage) -> None:
    """Three years of past results, trainings and rewards for everybody, in batches."""
    records = [record for person in stage.company.people for record in _records(stage, person)]
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    answers = await stage.each(
        "history", [partial(stage.admin.post, "/v1/records/batch", {"items": batch}) for batch in batches]
    )
    accepted = sum(answer["summary"]["accepted"] for answer in answers)
    stage.ledger.check("records of three years", accepted, len(records))


def _records(stage: Stage, person: Person) -> Iterator[Json]:
    owner = {"employee_id": stage.employee_ids[person.key]}
    for year in HISTORY_YEARS:
        yield {
            **owner,
            "kind": "performance",
            "title": f"{year}年上半年绩效",
            "occurred_on": f"{year}-07-10",
            "remote_id": f"H-{person.work_number}-{year}",
            "performance": {
                "starts_on": f"{year}-01-01",
                "ends_on": f"{year}-07-01",
                "metrics": list(_past_metrics(person, year)),
                "total": str(78 + (year - HISTORY_YEARS[0]) * 2),
                "grade": "fair",
            },
        }
    yield {**owner, "kind": "training", "title": "入职培训", "occurred_on": person.joined_on.isoformat()}


def _past_metrics(person: Person, year: int) -> Iterator[Json]:
    growth = Decimal(90 + 5 * (year - date(2023, 1, 1).year)) / 100
    if person.key in SELLERS:
        yield {"metric": "sales", "target": "900000", "actual": str(round_half_up(Decimal(880_000) * growth, 2))}
    if person.position == "telesales":
        yield {"metric": "call_minutes", "target": "25000", "actual": str(round_half_up(Decimal(26_000) * growth, 2))}
    if person.position == "risk_officer":
        yield {"metric": "overdue", "target": "60000", "actual": str(round_half_up(Decimal(62_000) / growth, 2))}
