"""Messages of business systems, documents of the archive, and ways to bring both into a running connector."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.connector.domain.identity import Reference
from services.connector.domain.observation import Arrival
from services.connector.domain.statement import Share, Statement
from services.connector.events.subscriptions import SUBSCRIPTIONS
from services.connector.wiring import Wiring
from shared.contracts.envelope import EventData
from shared.contracts.observations import ObservationsRecorded
from shared.contracts.organisation import DepartmentChanged, EmployeeChanged, Employment
from shared.contracts.records import Measurement, RecordChanged
from tests.factories.access import make_admin, make_client
from tests.factories.events import published, tell
from tests.factories.installation import bearer

SCOPES = ("connections:write", "observations:read", "observations:write", "business_targets:write")
_numbers = count()


def make_item(**overrides: Any) -> dict[str, Any]:
    """Give an order of 100.00 by work number W1 on 4 March 2026."""
    return {
        "id": f"SO-{next(_numbers)}",
        "measure": "order.amount",
        "employee": {"ref": "W1"},
        "value": "100.00",
        "occurred_at": "2026-03-04T16:15:00+08:00",
        **overrides,
    }


def make_statement(**overrides: Any) -> Statement:
    fields: dict[str, Any] = {
        "measure": "order.amount",
        "value": Decimal("100.00"),
        "occurred_at": datetime(2026, 3, 4, 8, 15, tzinfo=UTC),
        "shares": (Share(Reference("employee_ref", "W1")),),
    }
    return Statement(**{**fields, **overrides})


def make_arrival(**overrides: Any) -> Arrival:
    fields: dict[str, Any] = {"remote_id": "SO-1", "revision": 0, "statement": make_statement()}
    return Arrival(**{**fields, **overrides})


def make_employee_changed(**overrides: Any) -> EmployeeChanged:
    """Give an employee, W1 unless told otherwise, employed since 2020."""
    fields: dict[str, Any] = {
        "employee_id": uuid4(),
        "sequence": 1,
        "work_number": "W1",
        "name": "王",
        "joined_on": date(2020, 1, 1),
        "employments": (make_employment(),),
    }
    return EmployeeChanged(**{**fields, **overrides})


def make_employment(**overrides: Any) -> Employment:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "department_id": uuid4(),
        "position_id": uuid4(),
        "position_name": "Seller",
        "fte": Decimal(1),
        "starts_on": date(2020, 1, 1),
    }
    return Employment(**{**fields, **overrides})


def make_department_changed(**overrides: Any) -> DepartmentChanged:
    return DepartmentChanged(**{"department_id": uuid4(), "sequence": 1, "code": "RISK", "name": "Risk", **overrides})


def make_record_changed(employee_id: UUID, **overrides: Any) -> RecordChanged:
    fields: dict[str, Any] = {
        "record_id": uuid4(),
        "sequence": 1,
        "employee_id": employee_id,
        "kind": "feedback",
        "occurred_on": date(2026, 3, 4),
        "measurements": (Measurement(measure="feedback.teamwork", value=Decimal(85)),),
    }
    return RecordChanged(**{**fields, **overrides})


@dataclass(frozen=True, slots=True)
class System:
    """A business system with a connection of its own, speaking HTTP with its own credentials."""

    client: httpx.AsyncClient
    tenant_id: UUID
    source: str
    connection_id: str

    @property
    def headers(self) -> dict[str, str]:
        return bearer(make_client(self.tenant_id, *SCOPES, subject=self.source))

    async def send(self, *items: Any) -> httpx.Response:
        body = {"source": self.source, "items": items}
        return await self.client.post("/v1/observations", json=body, headers=self.headers)

    async def fates(self, *items: Any) -> list[str]:
        """Send, and tell what became of each item: its status, or the code of its refusal."""
        answer = (await self.send(*items)).json()
        return [item["status"] if item["status"] != "rejected" else item["code"] for item in answer["items"]]

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.client.get(path, params=params, headers=self.headers)
        assert response.status_code == 200, response.text
        return response.json()

    async def observations(self, **params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.get("/v1/observations", **params))["data"]
        return rows

    async def totals(self, measure: str = "order.amount") -> dict[str, Any]:
        """Give a measure's totals of the year 2026."""
        path = f"/v1/connections/{self.connection_id}/totals"
        answer = await self.get(path, starts_on="2026-01-01", ends_on="2027-01-01")
        totals: dict[str, Any] = next(row for row in answer["data"] if row["measure"] == measure)
        return totals

    async def link(self, value: str, employee_id: UUID, **fields: Any) -> httpx.Response:
        body = {"value": value, "employee_id": str(employee_id), **fields}
        path = f"/v1/connections/{self.connection_id}/identity-links"
        return await self.client.post(path, json=body, headers=self.headers)


async def make_system(client: httpx.AsyncClient, tenant_id: UUID, source: str = "crm", **fields: Any) -> System:
    body = {"key": source, "name": source.upper(), **fields}
    response = await client.post("/v1/connections", json=body, headers=bearer(make_admin(tenant_id)))
    assert response.status_code == 201, response.text
    return System(client, tenant_id, source, response.json()["id"])


async def tell_connector(wiring: Wiring, tenant_id: UUID, *events: EventData) -> None:
    """Let the connector consume events of the archive."""
    await tell(wiring.works, wiring.bus, SUBSCRIPTIONS, tenant_id, *events)


async def recorded(wiring: Wiring, tenant_id: UUID) -> list[dict[str, Any]]:
    """Give the items of all observation events so far, oldest first."""
    events = await published(wiring.database, tenant_id, ObservationsRecorded)
    return [item for event in events for item in event["items"]]
