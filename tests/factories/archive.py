"""Things of the archive for tests: domain entities, request bodies, and a caller who fills an archive over HTTP."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from services.archive.domain.department import Department
from services.archive.domain.employee import Employee
from services.archive.domain.employment import Employment
from services.archive.domain.record import Entry, Record
from services.archive.wiring import Wiring
from shared.core.ids import Uuid7
from tests.factories.access import make_hr
from tests.factories.installation import bearer

_ids = Uuid7()
AT = datetime(2026, 3, 1, tzinfo=UTC)


def make_department(**overrides: Any) -> Department:
    fields: dict[str, Any] = {
        "id": _ids.new(),
        "code": "S",
        "name": "Sales",
        "parent_id": None,
        "sequence": 1,
        "created_at": AT,
        "updated_at": AT,
    }
    return Department(**{**fields, **overrides})


def make_employment(**overrides: Any) -> Employment:
    fields: dict[str, Any] = {
        "id": _ids.new(),
        "department_id": _ids.new(),
        "position_id": _ids.new(),
        "position_name": "Seller",
        "fte": Decimal(1),
        "starts_on": date(2024, 1, 1),
    }
    return Employment(**{**fields, **overrides})


def make_employee(**overrides: Any) -> Employee:
    fields: dict[str, Any] = {
        "id": _ids.new(),
        "work_number": "S01",
        "name": "王芳",
        "email": None,
        "joined_on": date(2024, 1, 1),
        "left_on": None,
        "custom_fields": {},
        "sequence": 1,
        "created_at": AT,
        "updated_at": AT,
    }
    return Employee(**{**fields, **overrides})


def make_entry(**overrides: Any) -> Entry:
    fields: dict[str, Any] = {
        "employee_id": _ids.new(),
        "kind": "feedback",
        "occurred_on": date(2026, 3, 1),
        "title": "Team feedback",
        "remote_id": "F-1",
    }
    return Entry(**{**fields, **overrides})


def make_record(**overrides: Any) -> Record:
    return Record.of(make_entry(**overrides), record_id=_ids.new(), at=AT)


@dataclass(frozen=True, slots=True)
class Archive:
    """An HR person who fills the archive of one tenant."""

    client: httpx.AsyncClient
    tenant_id: UUID

    async def send(
        self, method: str, path: str, body: Any = None, *, caller: dict[str, str] | None = None
    ) -> httpx.Response:
        headers = caller if caller is not None else bearer(make_hr(self.tenant_id))
        return await self.client.request(method, f"/v1/{path}", json=body, headers=headers)

    async def read(self, path: str, *, caller: dict[str, str] | None = None) -> Any:
        response = await self.send("GET", path, caller=caller)
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, body: Any, *, expect: int = 201) -> Any:
        response = await self.send("POST", path, body)
        assert response.status_code == expect, response.text
        return response.json()

    async def department(self, code: str = "S", **fields: Any) -> str:
        return str((await self.post("departments", {"code": code, "name": f"Department {code}", **fields}))["id"])

    async def position(self, code: str = "seller", **fields: Any) -> str:
        return str((await self.post("positions", {"code": code, "name": f"Position {code}", **fields}))["id"])

    async def employee(self, number: str = "S01", *, employment: Any = None, **fields: Any) -> str:
        body = {"work_number": number, "name": f"Person {number}", "joined_on": "2024-01-01", **fields}
        return str((await self.post("employees", {**body, "employment": employment}))["id"])

    async def head(self, department_id: str, employee_id: str, **fields: Any) -> None:
        heads = [{"employee_id": employee_id, "starts_on": "2024-01-01", **fields}]
        response = await self.send("PUT", f"departments/{department_id}/heads", {"heads": heads})
        assert response.status_code == 200, response.text


def record_body(**overrides: Any) -> dict[str, Any]:
    return {"kind": "feedback", "occurred_on": "2026-03-01", "title": "Team feedback", **overrides}


async def published(wiring: Wiring, tenant_id: UUID, event_type: str) -> list[dict[str, Any]]:
    """Read the tenant's events of one type from the outbox, oldest first."""
    async with wiring.database.transaction() as tx:
        rows = await tx.execute(
            text("SELECT payload FROM outbox WHERE key LIKE :key ORDER BY position"), {"key": f"{tenant_id}/%"}
        )
        envelopes = [json.loads(payload) for payload in rows.scalars()]
    return [envelope for envelope in envelopes if envelope["type"] == event_type]
