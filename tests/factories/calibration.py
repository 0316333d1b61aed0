"""A frozen cycle, and HR at the table to calibrate it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from services.performance.store.tables.procedure import targets
from services.performance.wiring import Wiring
from shared.core.access import Principal
from tests.factories.access import make_hr
from tests.factories.installation import bearer
from tests.factories.sellers import Sellers

Json = dict[str, Any]
REASON = "Carried the team through the merger."


class Table:
    """A frozen half-year of three sellers (63.40 fair, 81.90 good, 75.20 fair), and HR at the table."""

    def __init__(self, client: httpx.AsyncClient, sellers: Sellers) -> None:
        self.client, self.sellers = client, sellers
        self.hr = make_hr(sellers.tenant_id)
        self.cards = [sellers.card_of(person) for person in sellers.people]

    async def ask(
        self, method: str, path: str, body: Json | None = None, *, by: Principal | None = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, json=body, headers=bearer(by or self.hr) | named)

    async def send(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        answer = await self.ask(method, path, body, **more)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    async def open(self, **body: Any) -> Json:
        path = f"/v1/cycles/{self.sellers.cycle_id}/calibration-sessions"
        return await self.send("POST", path, {"name": "Round table", **body})

    async def adjust(self, session: Json, at: int, **decision: Any) -> httpx.Response:
        headers = decision.pop("headers", {})
        body = {"scorecard_id": str(self.cards[at]), "reason": REASON, **decision}
        return await self.ask("POST", f"/v1/calibration-sessions/{session['id']}/adjustments", body, **headers)

    async def act(self, session: Json, *path: str, **more: Any) -> httpx.Response:
        return await self.ask("POST", "/".join(("/v1/calibration-sessions", session["id"], *path)), **more)

    async def applied(self, at: int, **decision: Any) -> Json:
        """Let one adjustment be in force."""
        session = await self.open()
        assert (await self.adjust(session, at, **decision)).status_code == 201
        answer = await self.act(session, "application")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def card(self, at: int, part: str = "") -> Json:
        return await self.send("GET", f"/v1/scorecards/{self.cards[at]}{part}")

    async def people(self, *, by: Principal | None = None) -> dict[str, int]:
        """Count people by the grade in force, as somebody is told."""
        shown = await self.send("GET", f"/v1/cycles/{self.sellers.cycle_id}/distribution", by=by)
        return {each["grade"]: each["people"] for each in shown["populations"][0]["grades"]}

    async def hold_to(self, share: int) -> None:
        quota = {"grade": "good", "kind": "max", "share": share}
        policy = {"populations": [{"name": "Everybody", "kind": "company", "quotas": [quota]}]}
        await self.send("PUT", f"/v1/cycles/{self.sellers.cycle_id}/distribution-policy", policy)


async def try_to_publish(table: Table) -> httpx.Response:
    return await table.ask("POST", f"/v1/cycles/{table.sellers.cycle_id}/publication")


async def move_target(wiring: Wiring, sellers: Sellers, person: UUID, value: str) -> None:
    """Give somebody another target behind the back of everybody, so that publication computes another result."""
    async with wiring.works.begin(sellers.tenant_id) as uow:
        await uow.tx.execute(update(targets).where(targets.c.subject_id == person).values(value=Decimal(value)))
        await uow.commit()
