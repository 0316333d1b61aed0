"""What operators do to companies by `/v1/tenants`, and what their keys do not open."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.wiring import Wiring
from shared.contracts.audit import AuditRecorded
from shared.contracts.envelope import read_event, read_head
from shared.kit.auth.revocations import LOOK_INTERVAL
from tests.factories.access import make_admin
from tests.factories.hosting import make_operator
from tests.factories.installation import bearer
from tests.factories.waiting import eventually
from tests.integration.gateway.test_tenant import announced

pytestmark = pytest.mark.anyio
Headers = dict[str, str]
Door = Callable[[], Awaitable[httpx.Response]]
PASSWORD = "a long enough password"
WHY = {"reason": "The invoice of March is unpaid."}


@pytest.fixture
async def operator(wiring: Wiring) -> Headers:
    return (await make_operator(wiring))[1]


async def recorded(wiring: Wiring, tenant_id: UUID) -> list[AuditRecorded]:
    """Read what the audit log of a company will hear, in order."""
    rows = text("SELECT payload FROM outbox WHERE key LIKE :key AND topic = 'gateway.audit' ORDER BY position")
    async with wiring.database.transaction() as tx:
        payloads = (await tx.execute(rows, {"key": f"{tenant_id}/%"})).scalars().all()
    return [read_event(read_head(payload), AuditRecorded).data for payload in payloads]


async def test_a_company_is_founded_and_its_administrator_logs_in(
    client: httpx.AsyncClient, wiring: Wiring, operator: Headers
) -> None:
    body = {"id": str(uuid4()), "name": "New company", "admin": "Root", "zone": "Europe/Berlin", "currency": "EUR"}
    founded = await client.post("/v1/tenants", json=body, headers=operator)
    again = await client.post("/v1/tenants", json=body, headers=operator)
    login = {"username": "root", "password": founded.json()["password"], "tenant": body["id"]}
    assert (founded.status_code, founded.json()["id"]) == (201, body["id"])
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert (await client.post("/v1/sessions", json=login)).status_code == 201
    (entry, *_) = await recorded(wiring, UUID(body["id"]))
    assert (entry.actor_kind, entry.action, entry.outcome) == ("operator", "tenants:create", "done")
    assert body["id"] in [row["id"] async for row in every_tenant(client, operator)]


async def test_wrong_companies_are_refused_with_their_place(client: httpx.AsyncClient, operator: Headers) -> None:
    for wrong, pointer in (({"zone": "Mars/Olympus"}, "/zone"), ({"currency": "yen"}, "/currency"), ({"x": 1}, "/x")):
        body = {"name": "New", "admin": "root", **wrong}
        refused = await client.post("/v1/tenants", json=body, headers=operator)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_suspended_company_is_shut_and_opens_again(
    client: httpx.AsyncClient, wiring: Wiring, operator: Headers, admin: Headers, tenant_id: UUID
) -> None:
    doors = await ways_in(client, admin, tenant_id)
    shut = await client.put(f"/v1/tenants/{tenant_id}/suspension", json=WHY, headers=operator)
    again = await client.put(f"/v1/tenants/{tenant_id}/suspension", json={"reason": "other"}, headers=operator)
    assert (shut.status_code, shut.json()["status"], again.json()) == (200, "suspended", shut.json())
    assert shut.json()["suspension"]["reason"] == WHY["reason"]

    async def refused() -> bool:
        return (await client.get("/v1/tenant", headers=admin)).status_code == 403

    begun = datetime.now(UTC)
    await eventually(refused)
    assert datetime.now(UTC) - begun < 4 * LOOK_INTERVAL
    for name, door in doors.items():
        answer = await door()
        said = answer.json().get("code") or answer.json()["error"]
        assert said in {"tenant_suspended", "unauthorized_client"}, (name, answer.text)

    opened = await client.delete(f"/v1/tenants/{tenant_id}/suspension", headers=operator)
    assert (opened.json()["status"], opened.json()["suspension"]) == ("active", None)
    assert (await client.delete(f"/v1/tenants/{tenant_id}/suspension", headers=operator)).json() == opened.json()

    async def admitted() -> bool:
        return (await client.get("/v1/tenant", headers=admin)).status_code == 200

    await eventually(admitted)
    for name, door in doors.items():
        answer = await door()
        assert answer.is_success, (name, answer.text)
    assert [(event.sequence, event.status) for event in await announced(wiring, tenant_id)] == [
        (2, "suspended"),
        (3, "active"),
    ]


async def test_the_companys_log_tells_what_operators_did_and_were_refused(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    one, may_shut = await make_operator(wiring, "tenants:suspend")
    other, may_look = await make_operator(wiring, "tenants:read")
    await client.put(f"/v1/tenants/{tenant_id}/suspension", json=WHY, headers=may_shut)
    refused = await client.delete(f"/v1/tenants/{tenant_id}/suspension", headers=may_look)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    told = [(entry.actor, entry.actor_kind, entry.action, entry.outcome) for entry in await recorded(wiring, tenant_id)]
    assert told == [
        (str(one.id), "operator", "tenants:suspend", "done"),
        (str(other.id), "operator", "tenants:suspend", "refused"),
    ]


async def test_a_limit_is_set_shown_and_lifted(
    client: httpx.AsyncClient, operator: Headers, admin: Headers, tenant_id: UUID
) -> None:
    limit, subject = f"/v1/tenants/{tenant_id}/limits", {"subject": "admin"}
    own = {"kind": "reads", "subject": "admin", "amount": 7, "seconds": 60}
    answer = await client.put(f"{limit}/reads", params=subject, json={"amount": 7}, headers=operator)
    assert (answer.status_code, answer.json()) == (200, own)
    assert (await client.get(limit, headers=operator)).json() == {"data": [own]}
    assert "q=7;" in (await client.get("/v1/tenant", headers=admin)).headers["RateLimit-Policy"]
    assert (await client.delete(f"{limit}/reads", params=subject, headers=operator)).status_code == 204
    assert (await client.get(limit, headers=operator)).json() == {"data": []}
    absurd = await client.put(f"{limit}/everything", json={"amount": 7}, headers=operator)
    assert absurd.status_code == 422


async def test_a_company_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, wiring: Wiring, operator: Headers
) -> None:
    nobody = uuid4()
    for method, path in (("GET", ""), ("PUT", "/suspension"), ("DELETE", "/suspension"), ("GET", "/limits")):
        body = WHY if method == "PUT" else None
        answer = await client.request(method, f"/v1/tenants/{nobody}{path}", json=body, headers=operator)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await recorded(wiring, nobody) == []


async def test_a_key_that_ended_or_was_never_given_opens_nothing(client: httpx.AsyncClient, wiring: Wiring) -> None:
    operator, headers = await make_operator(wiring)
    assert (await client.get("/v1/tenants", headers=headers)).status_code == 200
    await wiring.operators.save(operator.ended(at=datetime.now(UTC)))
    await wiring.operators.add(replace(operator, id=uuid4(), name="another"))
    for key in (headers["Authorization"], headers["Authorization"][:-8] + "AAAAAAAA", "Bearer op_none"):
        answer = await client.get("/v1/tenants", headers={"Authorization": key})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def every_tenant(client: httpx.AsyncClient, operator: Headers) -> AsyncIterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        params = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/tenants", params=params, headers=operator)).json()
        for row in page["data"]:
            yield row
        cursor = page["next_cursor"]
        if cursor is None:
            return


async def ways_in(client: httpx.AsyncClient, admin: Headers, tenant_id: UUID) -> Mapping[str, Door]:
    """Give every way by which somebody of the company gets in, each of which has worked."""
    name = f"wang-{tenant_id}"
    login = {"username": name, "password": PASSWORD}
    await client.post("/v1/accounts", json={**login, "roles": ["hr"]}, headers=admin)
    session = (await client.post("/v1/sessions", json=login)).json()
    system = {"name": "ERP", "scopes": ["tenant:read"]}
    system = (await client.post("/v1/api-clients", json=system, headers=admin)).json()
    keys = f"/v1/api-clients/{system['id']}/keys"
    static = (await client.post(keys, json={"kind": "static_key"}, headers=admin)).json()["secret"]
    refresh = {"grant_type": "refresh_token", "refresh_token": session["refresh_token"]}

    async def with_bearer(token: str) -> httpx.Response:
        return await client.get("/v1/tenant", headers={"Authorization": f"Bearer {token}"})

    doors: Mapping[str, Door] = {
        "log-in": lambda: client.post("/v1/sessions", json=login),
        "token": lambda: with_bearer(bearer(make_admin(tenant_id))["Authorization"].removeprefix("Bearer ")),
        "static key": lambda: with_bearer(static),
        "session": lambda: with_bearer(session["access_token"]),
        "client credentials": lambda: client.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(system["id"], system["secret"])
        ),
        "another service": lambda: client.get("/v1/tenant", headers=admin),
        "refresh": lambda: client.post("/oauth/token", data=refresh),
    }
    for name, door in doors.items():
        if name != "refresh":
            assert (await door()).is_success, name
    return doors
