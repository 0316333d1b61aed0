"""The audit log: what calls leave in it, who may read it, and who says for how long it is kept."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.gateway.app import build_app
from services.gateway.events.subscriptions import SUBSCRIPTIONS
from services.gateway.wiring import Wiring
from shared.contracts.audit import AuditRecorded
from shared.contracts.tenancy import PrincipalRevoked
from shared.kit.auth.revocations import keep_revocation
from tests.factories.access import make_admin, make_client, make_hr, make_person
from tests.factories.audit import BEGAN, keep
from tests.factories.events import published, tell
from tests.factories.installation import bearer, client_of
from tests.factories.upstream import Upstream

pytestmark = pytest.mark.anyio

Headers = dict[str, str]


@pytest.fixture
def auditor(tenant_id: UUID) -> Headers:
    return bearer(make_hr(tenant_id, subject="auditor", roles=frozenset({"auditor"})))


async def recorded(wiring: Wiring, tenant_id: UUID) -> list[dict[str, Any]]:
    return await published(wiring.database, tenant_id, AuditRecorded)


async def hear(wiring: Wiring, tenant_id: UUID) -> None:
    """Let the gateway hear what it has said itself."""
    said = [AuditRecorded.model_validate(data) for data in await recorded(wiring, tenant_id)]
    await tell(wiring.works, wiring.bus, SUBSCRIPTIONS, tenant_id, *said)


async def test_a_change_is_written_down_with_who_where_and_what(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    given = {"X-Request-Id": "request-17", "X-Steelyard-Client-Address": "198.51.100.1"}
    await client.patch("/v1/tenant", json={"name": "秘密"}, headers=admin | given)
    (entry,) = await recorded(wiring, tenant_id)
    assert {name: entry[name] for name in ("actor", "actor_kind", "action", "outcome", "method", "resource")} == {
        "actor": "admin",
        "actor_kind": "person",
        "action": "tenant:write",
        "outcome": "done",
        "method": "PATCH",
        "resource": "/v1/tenant",
    }
    assert (entry["request_id"], entry["client_address"]) == ("request-17", "127.0.0.1"), "nobody says where they are"
    assert "秘密" not in json.dumps(entry, ensure_ascii=False)


async def test_a_refused_change_leaves_no_trace_of_itself_but_that_it_was_refused(
    client: httpx.AsyncClient, wiring: Wiring, tenant_id: UUID
) -> None:
    await client.patch("/v1/tenant", json={"name": "Mine"}, headers=bearer(make_hr(tenant_id)))
    (entry,) = await recorded(wiring, tenant_id)
    assert (entry["actor"], entry["action"], entry["outcome"]) == ("hr", "tenant:write", "refused")
    assert (entry["status"], entry["code"]) == (403, "not_permitted")


async def test_what_is_merely_wrong_is_not_written_down(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    await client.patch("/v1/tenant", json={"zone": "Mars"}, headers=admin)
    await client.get("/v1/tenant", headers=admin)
    await client.get("/v1/tenant")
    assert await recorded(wiring, tenant_id) == []


async def test_a_repeated_request_is_one_change(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    body = {"name": "CRM", "scopes": ["observations:write"]}
    for _ in range(2):
        response = await client.post("/v1/api-clients", json=body, headers=admin | {"Idempotency-Key": "one"})
        assert response.status_code == 201
    (entry,) = await recorded(wiring, tenant_id)
    assert (entry["action"], entry["outcome"], entry["status"]) == ("api_clients:manage", "done", 201)


async def test_administrators_who_would_lock_themselves_out_are_written_down(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    account = {"username": "boss", "password": "a long password", "roles": ["admin"]}
    boss = (await client.post("/v1/accounts", json=account, headers=admin)).json()["id"]
    own = bearer(make_admin(tenant_id, subject=boss))
    response = await client.patch(f"/v1/accounts/{boss}", json={"roles": []}, headers=own)
    entry = (await recorded(wiring, tenant_id))[-1]
    assert (response.status_code, entry["code"], entry["outcome"]) == (409, "own_account", "refused")
    assert (entry["route"], entry["resource"]) == ("/v1/accounts/{account_id}", f"/v1/accounts/{boss}")


async def test_log_ins_are_written_down_whether_they_succeed_or_not(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    account = {"username": "wang", "password": "a long password", "roles": ["hr"]}
    wang = (await client.post("/v1/accounts", json=account, headers=admin)).json()["id"]
    login = {"username": "wang", "tenant": str(tenant_id)}
    for password, status in (("a wrong password", 401), ("a long password", 201)):
        response = await client.post("/v1/sessions", json={**login, "password": password})
        assert response.status_code == status
    refused, let_in = (await recorded(wiring, tenant_id))[-2:]
    assert (refused["actor"], refused["action"], refused["code"]) == (wang, "post_session", "credentials_invalid")
    assert (let_in["actor"], let_in["action"], let_in["outcome"]) == (wang, "post_session", "done")
    everything = json.dumps(await recorded(wiring, tenant_id))
    assert not [
        secret for secret in ("password", "wang", response.json()["access_token"]) if f'"{secret}' in everything
    ]
    await client.post("/v1/sessions", json={"username": "nobody", "password": "x", "tenant": str(tenant_id)})
    assert json.dumps(await recorded(wiring, tenant_id)) == everything, "nobody's name belongs to nobody's log"


async def test_what_systems_show_for_a_token_is_written_down(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    made = await client.post("/v1/api-clients", json={"name": "CRM", "scopes": ["tenant:read"]}, headers=admin)
    system = made.json()
    for secret, status in (("wrong", 401), (system["secret"], 200)):
        form = {"grant_type": "client_credentials", "client_id": system["id"], "client_secret": secret}
        response = await client.post("/oauth/token", data=form)
        assert response.status_code == status, response.text
    refused, let_in = (await recorded(wiring, tenant_id))[-2:]
    assert (refused["actor"], refused["code"], refused["status"]) == (system["id"], "client_invalid", 401)
    assert (let_in["actor"], let_in["actor_kind"], let_in["outcome"]) == (system["id"], "client", "done")


async def test_a_revoked_token_is_written_down_wherever_it_is_shown(
    wiring: Wiring, upstreams: dict[str, Upstream], tenant_id: UUID
) -> None:
    revoked = bearer(make_hr(tenant_id, subject="gone"))
    app = build_app(wiring, dict(upstreams))
    async with client_of(app) as client:
        async with wiring.database.transaction() as tx:
            await keep_revocation(tx, PrincipalRevoked(principal="gone"))
            await tx.commit()
        await app.state.revocations.look()
        for path in ("/v1/tenant", "/v1/employees/17"):
            assert (await client.get(path, headers=revoked)).status_code == 401
    own, passing = await recorded(wiring, tenant_id)
    assert (own["actor"], own["code"], own["route"]) == ("gone", "token_revoked", "/v1/tenant")
    assert (passing["actor"], passing["code"], passing["route"]) == ("gone", "token_revoked", "/v1/employees")


async def test_the_caller_is_told_to_the_service_behind(
    wiring: Wiring, upstreams: dict[str, Upstream], tenant_id: UUID
) -> None:
    async with client_of(build_app(wiring, dict(upstreams))) as client:
        spoofed = {"X-Steelyard-Client-Address": "198.51.100.1"}
        await client.get("/v1/employees", headers=bearer(make_hr(tenant_id)) | spoofed)
    assert upstreams["archive"].header(b"x-steelyard-client-address") == [b"127.0.0.1"]


async def test_auditors_read_all_and_nobody_else(
    client: httpx.AsyncClient, wiring: Wiring, auditor: Headers, admin: Headers, tenant_id: UUID
) -> None:
    await keep(wiring, tenant_id, *range(1, 8))
    listed = (await client.get("/v1/audit-events", headers=auditor)).json()["data"]
    assert [entry["rows"] for entry in listed] == [7, 6, 5, 4, 3, 2, 1], "the newest first"
    (entry,) = await recorded(wiring, tenant_id)
    assert (entry["actor"], entry["outcome"], entry["rows"]) == ("auditor", "read", 7), "who watches is watched"
    others = (
        admin,
        bearer(make_hr(tenant_id)),
        bearer(make_person(tenant_id, uuid4())),
        bearer(make_client(tenant_id)),
    )
    for headers in others:
        assert (await client.get("/v1/audit-events", headers=headers)).status_code == 403


async def test_the_log_is_read_page_by_page_and_by_what_is_looked_for(
    client: httpx.AsyncClient, wiring: Wiring, auditor: Headers, tenant_id: UUID
) -> None:
    await keep(wiring, tenant_id, *range(1, 8))
    await keep(wiring, tenant_id, 8, action="tenant:write", outcome="done")

    async def rows(**wanted: object) -> list[int]:
        found, cursor = [], None
        while True:
            params: dict[str, Any] = {"limit": 2, **wanted, **({"cursor": cursor} if cursor else {})}
            page = (await client.get("/v1/audit-events", params=params, headers=auditor)).json()
            found += [entry["rows"] for entry in page["data"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    assert await rows() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert await rows(actor="account-1") == [7, 4, 1]
    assert await rows(action="tenant:write") == [8]
    assert await rows(outcome="done") == [8]
    assert await rows(employee_id=str(UUID(int=3))) == [3]
    second = timedelta(seconds=1)
    bounds = {"occurred_after": BEGAN + 2 * second, "occurred_before": BEGAN + 5 * second}
    assert await rows(**{name: at.isoformat() for name, at in bounds.items()}) == [4, 3]


async def test_a_person_sees_who_read_what_is_theirs_and_nothing_more(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    me, reader = uuid4(), uuid4()
    await keep(wiring, tenant_id, 1, subjects=(me, uuid4()), actor="account-hr", actor_employee_id=reader)
    await keep(wiring, tenant_id, 2, subjects=(uuid4(),))
    await keep(wiring, tenant_id, 3, subjects=(me,), outcome="refused")
    page = (await client.get("/v1/audit-events/about-me", headers=bearer(make_person(tenant_id, me)))).json()
    (seen,) = page["data"]
    assert (seen["actor"], seen["actor_employee_id"], seen["action"]) == ("account-hr", str(reader), "records:read")
    assert not {"subjects", "client_address", "request_id", "resource"} & seen.keys()
    assert (await client.get("/v1/audit-events/about-me", headers=admin)).status_code == 403


async def test_what_a_service_tells_is_kept_once_and_in_its_own_company(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, auditor: Headers, tenant_id: UUID
) -> None:
    await client.patch("/v1/tenant", json={"name": "One"}, headers=admin)
    await hear(wiring, tenant_id)
    (entry,) = (await client.get("/v1/audit-events", headers=auditor)).json()["data"]
    other = bearer(make_hr(uuid4(), roles=frozenset({"auditor"})))
    assert (entry["action"], entry["actor"], entry["sequence"]) == ("tenant:write", "admin", None)
    assert (await client.get("/v1/audit-events", headers=other)).status_code == 503, "a company nobody has heard of"


async def test_how_long_a_log_is_kept_is_said_by_administrators_but_never_below_half_a_year(
    client: httpx.AsyncClient, admin: Headers, auditor: Headers
) -> None:
    assert (await client.get("/v1/audit-events/retention", headers=auditor)).json()["keep_days"] == 180
    longer = await client.put("/v1/audit-events/retention", json={"keep_days": 365}, headers=admin)
    shorter = await client.put("/v1/audit-events/retention", json={"keep_days": 179}, headers=admin)
    by_auditor = await client.put("/v1/audit-events/retention", json={"keep_days": 400}, headers=auditor)
    assert [each.status_code for each in (longer, shorter, by_auditor)] == [200, 422, 403]
    assert (await client.get("/v1/audit-events/retention", headers=admin)).json()["keep_days"] == 365
