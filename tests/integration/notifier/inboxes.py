"""A company whose people have inboxes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.notifier.wiring import Wiring
from shared.contracts.organisation import Employment, Headship
from shared.contracts.procedure import CycleChanged
from tests.factories.notifier import (
    inbox_of,
    tell_notifier,
)
from tests.factories.organisation import make_department, make_employee

LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Company:
    """A sales department with a head, an acting head and a seller, below the general manager's."""

    client: httpx.AsyncClient
    wiring: Wiring
    tenant_id: UUID
    top: UUID
    sales: UUID
    general_manager: UUID
    head: UUID
    acting: UUID
    former: UUID
    seller: UUID
    cycle_id: UUID

    async def hears(self, *events: Any) -> None:
        await tell_notifier(self.wiring, self.tenant_id, *events)

    async def inbox(self, employee_id: UUID, **params: str) -> list[dict[str, Any]]:
        return await inbox_of(self.client, self.tenant_id, employee_id, **params)

    async def bodies(self, employee_id: UUID) -> list[str]:
        return [notification["body"] for notification in await self.inbox(employee_id)]


async def found_company(client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID) -> Company:
    ids = {name: uuid4() for name in ("top", "sales", "general_manager", "head", "acting", "former", "seller")}
    company = Company(client, wiring, tenant_id, cycle_id=uuid4(), **ids)

    def leads(person: str, kind: str = "head", **more: Any) -> Headship:
        return Headship(**{"employee_id": ids[person], "kind": kind, "starts_on": LONG_AGO, **more})

    spell = Employment(
        id=uuid4(),
        department_id=company.sales,
        position_id=uuid4(),
        position_name="销售",
        fte=Decimal(1),
        starts_on=LONG_AGO,
    )
    await company.hears(
        make_department(department_id=company.top, name="总经办", heads=(leads("general_manager"),)),
        make_department(
            department_id=company.sales,
            parent_id=company.top,
            heads=(
                leads("former", ends_on=date(2021, 1, 1)),
                leads("head", starts_on=date(2021, 1, 1)),
                leads("acting", "acting"),
            ),
        ),
        make_employee(employee_id=company.seller, name="王建国", employments=(spell,)),
        make_employee(employee_id=company.head, name="李主管"),
        CycleChanged(
            cycle_id=company.cycle_id,
            sequence=1,
            name="2026上半年",
            phase="planning",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 7, 1),
            plan_due_on=date(2026, 1, 10),
        ),
    )
    return company
