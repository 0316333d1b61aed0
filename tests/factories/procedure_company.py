"""A small company for the procedure's tests: a general manager above sales and HR, each with a head."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from services.performance.events.subscriptions import SUBSCRIPTIONS
from services.performance.wiring import Wiring
from shared.contracts.envelope import EventData
from shared.contracts.observations import BusinessTargetChanged
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged, Employment, Headship
from shared.contracts.records import PastMetric, PastPerformance, RecordChanged
from shared.contracts.tenancy import TenantChanged
from shared.core.access import Principal
from shared.core.ids import Uuid7
from shared.kit.tenancy import keep_tenant
from tests.factories.access import make_person
from tests.factories.events import published, tell
from tests.factories.installation import bearer
from tests.factories.procedure import CONVERSION, SALES, make_scheme_document

_ids = Uuid7()
JOINED = date(2020, 1, 1)
PERIOD = {"starts_on": "2026-01-01", "ends_on": "2026-07-01"}
Json = dict[str, Any]


def _id_map(*names: str) -> dict[str, UUID]:
    return {name: _ids.new() for name in names}


@dataclass
class Company:
    """Departments `GM` over `SALES` and `HR`; positions `seller` and `staff`; everybody by a short name."""

    client: httpx.AsyncClient
    wiring: Wiring
    tenant: TenantChanged
    departments: dict[str, UUID] = field(default_factory=lambda: _id_map("GM", "SALES", "HR"))
    positions: dict[str, UUID] = field(default_factory=lambda: _id_map("seller", "staff"))
    people: dict[str, UUID] = field(
        default_factory=lambda: _id_map("gm", "sales_head", "s1", "s2", "s3", "hr_head", "hr_staff")
    )

    @property
    def hr(self) -> Principal:
        """HR by appointment, heading HR."""
        return self.person("hr_head", roles=frozenset({"hr"}))

    def person(self, name: str, **overrides: Any) -> Principal:
        return make_person(self.tenant.tenant_id, self.people[name], **overrides)

    async def move_clock(self, day: str) -> None:
        """Let it be noon UTC of `day` for the tenant."""
        wanted = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        offset = int((wanted - datetime.now(UTC)).total_seconds())
        fields = {"sequence": self.tenant.sequence + 1, "clock_offset_seconds": offset}
        self.tenant = self.tenant.model_copy(update=fields)
        async with self.wiring.database.transaction() as tx:
            await keep_tenant(tx, self.tenant)
            await tx.commit()

    async def tell(self, *events: EventData) -> None:
        await tell(self.wiring.works, self.wiring.bus, SUBSCRIPTIONS, self.tenant.tenant_id, *events)

    async def published(self, kind: type[EventData]) -> list[Json]:
        return await published(self.wiring.database, self.tenant.tenant_id, kind)

    async def found(self) -> None:
        """Let the archive announce everybody."""
        heads = {"GM": "gm", "SALES": "sales_head", "HR": "hr_head"}
        await self.tell(*(self.department(code, head) for code, head in heads.items()))
        places = {"gm": "GM", "hr_head": "HR", "hr_staff": "HR"}
        await self.tell(*(self.employee(name, places.get(name, "SALES")) for name in self.people))

    def department(self, code: str, head: str | None, *, sequence: int = 1) -> DepartmentChanged:
        heads = [Headship(employee_id=self.people[head], kind="head", starts_on=JOINED)] if head else []
        return DepartmentChanged(
            department_id=self.departments[code],
            sequence=sequence,
            code=code,
            name=f"Department {code}",
            parent_id=None if code == "GM" else self.departments["GM"],
            heads=tuple(heads),
        )

    def employee(self, name: str, department: str, *, sequence: int = 1, **overrides: Any) -> EmployeeChanged:
        position = "seller" if name.removeprefix("s").isdigit() else "staff"
        spell: Json = {
            "id": _ids.new(),
            "department_id": self.departments[department],
            "position_id": self.positions[position],
            "position_name": position,
            "fte": Decimal(1),
            "starts_on": JOINED,
        }
        return EmployeeChanged(
            employee_id=self.people[name],
            sequence=sequence,
            work_number=name,
            name=name,
            joined_on=JOINED,
            employments=(Employment(**{**spell, **overrides}),),
        )

    def past(
        self, name: str, year: int, actual: str, target: str | None = None, *, ends_on: date | None = None
    ) -> RecordChanged:
        """Say what somebody sold in the first half of `year`, unless it `ends_on` another day, and was to."""
        wanted = None if target is None else Decimal(target)
        reached = PastPerformance(
            starts_on=date(year, 1, 1),
            ends_on=ends_on or date(year, 7, 1),
            metrics=(PastMetric(metric="sales", target=wanted, actual=Decimal(actual)),),
        )
        return RecordChanged(
            record_id=_ids.new(),
            sequence=1,
            employee_id=self.people[name],
            kind="performance",
            occurred_on=date(year, 7, 10),
            performance=reached,
        )

    async def send(self, method: str, path: str, body: Json | None = None, *, by: Principal, **headers: str) -> Any:
        """Send a request that must succeed; gives its JSON."""
        response = await self.ask(method, path, body, by=by, **headers)
        assert response.is_success, response.text
        return response.json()

    async def ask(
        self, method: str, path: str, body: Json | None = None, *, by: Principal, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, json=body, headers=bearer(by) | named)

    async def publish_scheme(self, **overrides: Any) -> Json:
        """Define the metrics and publish a scheme for sellers by sales 70 %, conversion 30 %."""
        for metric in (SALES, CONVERSION):
            await self.ask("POST", "/v1/metrics", metric, by=self.hr)
        body = {"name": "Sellers", "position_ids": [str(self.positions["seller"])], "document": make_scheme_document()}
        scheme: Json = await self.send("POST", "/v1/schemes", {**body, **overrides}, by=self.hr)
        path = f"/v1/schemes/{scheme['id']}/versions/1/publication"
        await self.send("POST", path, {"effect": "whole_cycle"}, by=self.hr)
        return scheme

    async def open_cycle(self, **overrides: Any) -> Json:
        body = {"name": "2026 H1", **PERIOD, "plan_due_on": "2026-01-20", **overrides}
        cycle = await self.send("POST", "/v1/cycles", body, by=self.hr)
        opened: Json = await self.send("POST", f"/v1/cycles/{cycle['id']}/opening", by=self.hr)
        return opened

    async def plan(self, cycle: Json, department: str) -> Json:
        listed = await self.send("GET", f"/v1/cycles/{cycle['id']}/plans", by=self.person("gm"))
        found: Json = next(row for row in listed["data"] if row["department_id"] == str(self.departments[department]))
        return found

    async def targets(self, cycle: Json, **params: str) -> list[Json]:
        query = "&".join(f"{name}={value}" for name, value in params.items())
        listed = await self.send("GET", f"/v1/cycles/{cycle['id']}/targets?{query}", by=self.hr)
        found: list[Json] = listed["data"]
        return found

    async def values(self, cycle: Json) -> dict[str, str | None]:
        """Give every seller's sales target by name."""
        names = {str(employee_id): name for name, employee_id in self.people.items()}
        found = await self.targets(cycle, subject_kind="employee", metric="sales")
        return {names[target["subject_id"]]: target["value"] for target in found}

    def business_target(self, value: str, *, sequence: int = 1, **overrides: Any) -> BusinessTargetChanged:
        """Say what the business wants of sales: the same one for the company unless told otherwise."""
        fields: Json = {
            "business_target_id": self.tenant.tenant_id,
            "sequence": sequence,
            "source": "erp",
            "metric": "sales",
            "subject_kind": "company",
            "value": Decimal(value),
            **PERIOD,
        }
        return BusinessTargetChanged(**{**fields, **overrides})
