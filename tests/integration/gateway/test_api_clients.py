"""API clients and `/oauth/token`: systems come in by their secret, with no more than their scopes."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.gateway.domain.identity.scopes import SCOPES
from services.gateway.wiring import Wiring
from tests.factories.access import make_admin, make_hr
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
GRANT = {"grant_type": "client_credentials"}


async def register(client: httpx.AsyncClient, admin: Headers, *scopes: str) -> dict[str, Any]:
    body = {"name": f"crm-{uuid4()}", "scopes": scopes or ["observations:write", "observations:read"]}
    response = await client.post("/v1/api-clients", json=body, headers=admin)
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def test_a_system_gets_a_token_by_basic_or_by_form(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers, tenant_id: UUID
) -> None:
    crm = await register(client, admin)
    in_form = {**GRANT, "client_id": crm["id"], "client_secret": crm["secret"]}
    for response in (
        await client.post("/oauth/token", data=GRANT, auth=(crm["id"], crm["secret"])),
        await client.post("/oauth/token", data=in_form),
    ):
        answer = response.json()
        principal = wiring.verifier.verify(answer["access_token"]).principal
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
        assert (answer["token_type"], answer["scope"]) == ("Bearer", "observations:read observations:write")
        assert (principal.tenant_id, principal.subject, principal.kind) == (tenant_id, crm["id"], "client")
        assert principal.scopes == {"observations:read", "observations:write"}


async def test_a_part_of_the_scopes_may_be_asked_for_but_no_other(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers
) -> None:
    crm = await register(client, admin)
    auth = (crm["id"], crm["secret"])
    part = await client.post("/oauth/token", data={**GRANT, "scope": "observations:read"}, auth=auth)
    other = await client.post("/oauth/token", data={**GRANT, "scope": "scores:read"}, auth=auth)
    assert wiring.verifier.verify(part.json()["access_token"]).principal.scopes == {"observations:read"}
    assert (other.status_code, other.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "auth", "refusal"),
    [
        (GRANT, None, (401, "invalid_client")),
        (GRANT, ("not-an-id", "x"), (401, "invalid_client")),
        (GRANT, (str(uuid4()), "x"), (401, "invalid_client")),
        (GRANT, ("known", "wrong"), (401, "invalid_client")),
        ({}, ("known", "secret"), (400, "invalid_request")),
        ({"grant_type": "password"}, ("known", "secret"), (400, "unsupported_grant_type")),
        ({"grant_type": ["client_credentials"] * 2}, ("known", "secret"), (400, "invalid_request")),
    ],
)
async def test_refusals_speak_oauth(
    client: httpx.AsyncClient, admin: Headers, form: Any, auth: tuple[str, str] | None, refusal: tuple[int, str]
) -> None:
    crm = await register(client, admin)
    known = {"known": crm["id"], "secret": crm["secret"]}
    given = httpx.BasicAuth(known.get(auth[0], auth[0]), known.get(auth[1], auth[1])) if auth else httpx.Auth()
    response = await client.post("/oauth/token", data=form, auth=given)
    assert (response.status_code, response.json()["error"]) == refusal
    assert ("www-authenticate" in response.headers) is (response.status_code == 401)


@pytest.mark.parametrize("header", [b"Basic !", b"Basic /w==", b"Basic", b"Basic \xff"])
async def test_unreadable_basic_credentials_are_refused(client: httpx.AsyncClient, header: bytes) -> None:
    headers = httpx.Headers({b"Authorization": header})
    response = await client.post("/oauth/token", data=GRANT, headers=headers)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_a_form_with_too_many_parameters_is_refused(client: httpx.AsyncClient) -> None:
    form = {f"p{number}": "x" for number in range(100)}
    response = await client.post("/oauth/token", data=form)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_a_closed_client_gets_no_token(client: httpx.AsyncClient, admin: Headers) -> None:
    crm = await register(client, admin)
    await client.patch(f"/v1/api-clients/{crm['id']}", json={"active": False}, headers=admin)
    response = await client.post("/oauth/token", data=GRANT, auth=(crm["id"], crm["secret"]))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_a_suspended_company_gets_no_token(
    client: httpx.AsyncClient, installation: Installation, admin: Headers, tenant_id: UUID
) -> None:
    crm = await register(client, admin)
    await announce_tenant(installation, make_tenant(tenant_id=tenant_id, sequence=2, status="suspended"))
    response = await client.post("/oauth/token", data=GRANT, auth=(crm["id"], crm["secret"]))
    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")


async def test_the_secret_is_shown_once(client: httpx.AsyncClient, admin: Headers) -> None:
    body = {"name": "crm", "scopes": ["observations:write"]}
    headers = admin | {"Idempotency-Key": "once"}
    first = await client.post("/v1/api-clients", json=body, headers=headers)
    again = await client.post("/v1/api-clients", json=body, headers=headers)
    read = await client.get(f"/v1/api-clients/{first.json()['id']}", headers=admin)
    assert len(first.json()["secret"]) >= 43
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json() == first.json() | {"secret": None}
    assert "secret" not in read.json()


async def test_narrower_scopes_hold_from_the_next_token_on(
    client: httpx.AsyncClient, wiring: Wiring, admin: Headers
) -> None:
    crm = await register(client, admin)
    changed = await client.patch(f"/v1/api-clients/{crm['id']}", json={"scopes": ["scores:read"]}, headers=admin)
    token = await client.post("/oauth/token", data=GRANT, auth=(crm["id"], crm["secret"]))
    assert (changed.status_code, changed.json()["sequence"]) == (200, 2)
    assert wiring.verifier.verify(token.json()["access_token"]).principal.scopes == {"scores:read"}


async def test_an_unknown_scope_is_refused_with_its_place(client: httpx.AsyncClient, admin: Headers) -> None:
    body = {"name": "crm", "scopes": [next(iter(SCOPES)), "world:rule"]}
    response = await client.post("/v1/api-clients", json=body, headers=admin)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "scope_unknown")
    assert [error["pointer"] for error in problem["errors"]] == ["/scopes/1"]


async def test_a_name_is_given_once(client: httpx.AsyncClient, admin: Headers) -> None:
    body = {"name": "crm", "scopes": ["scores:read"]}
    await client.post("/v1/api-clients", json=body, headers=admin)
    again = await client.post("/v1/api-clients", json=body, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


async def test_hr_registers_no_systems(client: httpx.AsyncClient, tenant_id: UUID) -> None:
    body = {"name": "crm", "scopes": ["scores:read"]}
    response = await client.post("/v1/api-clients", json=body, headers=bearer(make_hr(tenant_id)))
    assert (response.status_code, response.json()["code"]) == (403, "not_permitted")


async def test_another_company_sees_and_changes_nothing(
    client: httpx.AsyncClient, installation: Installation, admin: Headers
) -> None:
    crm, other = await register(client, admin), make_tenant()
    await announce_tenant(installation, other)
    stranger, url = bearer(make_admin(other.tenant_id)), f"/v1/api-clients/{crm['id']}"
    assert (await client.get("/v1/api-clients", headers=stranger)).json()["data"] == []
    assert (await client.get(url, headers=stranger)).status_code == 404
    assert (await client.patch(url, json={"active": False}, headers=stranger)).status_code == 404
