"""The caller's company: who may change it, and the clock of a sandbox."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.gateway.domain.rate_limit import Quota
from services.gateway.domain.tenant import Tenant
from services.gateway.usecases.tenancy.found_tenant import FirstAdmin, found_tenant
from services.gateway.wiring import Wiring
from shared.contracts.envelope import read_event, read_head
from shared.contracts.tenancy import TenantChanged
from shared.core.ids import Uuid7
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio

Headers = dict[str, str]


async def announced(wiring: Wiring, tenant_id: UUID) -> list[TenantChanged]:
    """Read what the outbox holds about a tenant, in order."""
    rows = text("SELECT payload FROM outbox WHERE key LIKE :key ORDER BY position")
    async with wiring.database.transaction() as tx:
        payloads = (await tx.execute(rows, {"key": f"{tenant_id}/tenants/%"})).scalars().all()
    return [read_event(read_head(payload), TenantChanged).data for payload in payloads]


async def test_everybody_sees_the_company_and_its_time(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    for caller in (make_person(tenant_id, tenant_id), make_hr(tenant_id), make_client(tenant_id, "tenant:read")):
        response = await client.get("/v1/tenant", headers=bearer(caller))
        company = response.json()
        assert (company["id"], company["zone"], company["sandbox"]) == (str(tenant_id), "Asia/Shanghai", True)
        assert response.headers["etag"] == '"1"'


async def test_a_change_is_announced_whole(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    patch = {"name": "AdventureWorks", "zone": "America/Los_Angeles", "currency": "USD", "locale": "en"}
    response = await client.patch("/v1/tenant", json=patch, headers=admin | {"If-Match": '"1"'})
    stale = await client.patch("/v1/tenant", json={"name": "X"}, headers=admin | {"If-Match": '"1"'})
    (event,) = await announced(wiring, tenant_id)
    assert response.status_code == 200
    assert {name: response.json()[name] for name in patch} == patch
    assert (event.sequence, event.zone, event.currency, event.name) == (2, *list(patch.values())[1:3], "AdventureWorks")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize(
    ("patch", "code", "pointer"),
    [
        ({"zone": "Mars/Olympus"}, "zone_unknown", "/zone"),
        ({"zone": "../etc/passwd"}, "zone_unknown", "/zone"),
        ({"zone": "Asia"}, "zone_unknown", "/zone"),
        ({"zone": "localtime"}, "zone_unknown", "/zone"),
        ({"currency": "yen"}, "currency_invalid", "/currency"),
        ({"currency": "XYZ"}, "currency_invalid", "/currency"),
        ({"locale": None}, "request_invalid", "/locale"),
        ({"name": None}, "request_invalid", "/name"),
        ({"sandbox": False}, "request_invalid", "/sandbox"),
        ({"locale": "tlh"}, "request_invalid", "/locale"),
    ],
)
async def test_a_wrong_change_is_refused_with_its_place(
    client: httpx.AsyncClient, admin: Headers, patch: dict[str, Any], code: str, pointer: str
) -> None:
    response = await client.patch("/v1/tenant", json=patch, headers=admin)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["errors"][0]["pointer"]) == (422, code, pointer)


async def test_a_sandbox_clock_goes_forwards_and_back_and_real_again(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    for instant in ("2031-07-01T09:00:00+08:00", "2026-01-05T09:00:00+08:00", None):
        response = await client.put("/v1/tenant/clock", json={"now": instant}, headers=admin)
        wanted = datetime.fromisoformat(instant) if instant else datetime.now(UTC)
        for answer in (response, await client.get("/v1/tenant", headers=admin)):
            shown = datetime.fromisoformat(answer.json()["now"])
            assert abs(shown - wanted) < timedelta(seconds=30)
    assert [event.sequence for event in await announced(wiring, tenant_id)] == [2, 3, 4]
    assert (await announced(wiring, tenant_id))[-1].clock_offset_seconds == 0


@pytest.mark.parametrize("now", ["1999-12-31T00:00:00Z", "9999-01-01T00:00:00Z", "2026-01-01T00:00:00", "soon"])
async def test_an_absurd_clock_is_refused(client: httpx.AsyncClient, admin: Headers, now: str) -> None:
    response = await client.put("/v1/tenant/clock", json={"now": now}, headers=admin)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/now")


async def test_the_clock_of_a_real_company_cannot_be_set(client: httpx.AsyncClient, installation: Installation) -> None:
    company = make_tenant(sandbox=False)
    await announce_tenant(installation, company)
    headers = bearer(make_admin(company.tenant_id))
    response = await client.put("/v1/tenant/clock", json={"now": "2026-01-05T09:00:00Z"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (409, "not_a_sandbox")


async def test_only_administrators_change_the_company(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    for caller in (make_hr(tenant_id), make_person(tenant_id, tenant_id), make_client(tenant_id, "tenant:read")):
        changed = await client.patch("/v1/tenant", json={"name": "Mine"}, headers=bearer(caller))
        moved = await client.put("/v1/tenant/clock", json={"now": None}, headers=bearer(caller))
        assert (changed.status_code, moved.status_code) == (403, 403)


async def test_a_founded_company_is_announced_and_its_first_administrator_logs_in(
    client: httpx.AsyncClient, wiring: Wiring
) -> None:
    tenant = Tenant(Uuid7().new(), 1, "New company", "active", "Europe/Berlin", "EUR", "en", False, 0)  # noqa: FBT003
    await found_tenant(wiring.works.founding, tenant, admin=FirstAdmin("Root", "made by chance"))
    body = {"username": "root", "password": "made by chance", "tenant": str(tenant.id)}
    session = await client.post("/v1/sessions", json=body)
    headers = {"Authorization": f"Bearer {session.json()['access_token']}"}
    assert (session.status_code, session.json()["roles"]) == (201, ["admin"])
    assert (await client.get("/v1/tenant", headers=headers)).json()["name"] == "New company"
    assert [event.name for event in await announced(wiring, tenant.id)] == ["New company"]


async def test_administrators_see_what_limits_hold(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    await wiring.quota_overrides.put(tenant_id, "reads", Quota(700, 60), subject="crm")
    await wiring.quota_overrides.put(tenant_id, "writes", Quota(50, 10))
    answer = (await client.get("/v1/tenant/limits", headers=admin)).json()
    held = {(each["subject"], each["kind"]): (each["amount"], each["seconds"]) for each in answer["data"]}
    assert held.keys() == {("", kind) for kind in ("reads", "writes", "ingest", "logins")} | {("crm", "reads")}
    assert (held["crm", "reads"], held["", "writes"], answer["most_in_flight"]) == ((700, 60), (50, 10), 64)
