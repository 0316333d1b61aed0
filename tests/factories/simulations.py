"""HR at work on what might be: simulations asked for, looked at and applied."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx

from shared.core.access import Principal
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.sellers import Sellers

Json = dict[str, Any]
BANDS = [{"grade": "good", "amount": "3000"}, {"grade": "fair", "amount": "1000.50"}]


class Desk:
    """HR at work on what might be."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client = client
        self.sellers = sellers
        self.path = f"/v1/cycles/{sellers.cycle_id}/simulations"
        self.hr = bearer(make_hr(sellers.tenant_id))

    async def post(self, **supposed: Any) -> httpx.Response:
        return await self.client.post(self.path, json=supposed, headers=self.hr)

    async def ask(self, **supposed: Any) -> Json:
        answer = await self.post(**supposed)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    async def refused(self, **supposed: Any) -> tuple[int, str]:
        answer = await self.post(**supposed)
        return answer.status_code, answer.json()["code"]

    async def apply(self, simulation: Json, **headers: str) -> httpx.Response:
        path, reason = f"{self.path}/{simulation['id']}/application", {"reason": "as decided"}
        return await self.client.post(path, json=reason, headers=self.hr | headers)

    async def target_of(self, person: UUID) -> str:
        path, asked = f"/v1/cycles/{self.sellers.cycle_id}/targets", {"subject_id": str(person), "metric": "sales"}
        (target,) = (await self.client.get(path, params=asked, headers=self.hr)).json()["data"]
        return str(target["id"])

    async def seen(self, simulation: Json, reader: Principal) -> Json:
        answer = await self.client.get(f"{self.path}/{simulation['id']}", headers=bearer(reader))
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


def totals(simulation: Json, when: str = "after") -> Mapping[str, str]:
    """Give everybody's total by employee."""
    return {person["employee_id"]: person[when]["total"] for person in simulation["people"]}
