"""OAuth 2.0 beside the grants: what the server says of itself, of tokens, and how it ends them."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.factories.access import make_admin
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.integration.gateway.test_accounts import Headers
from tests.integration.gateway.test_sessions import holding, new_session, refresh

pytestmark = pytest.mark.anyio


async def new_client(client: httpx.AsyncClient, admin: Headers, *scopes: str) -> tuple[str, str]:
    body = {"name": f"erp-{uuid4()}", "scopes": list(scopes)}
    made = (await client.post("/v1/api-clients", json=body, headers=admin)).json()
    return made["id"], made["secret"]


async def introspect(client: httpx.AsyncClient, token: str, auth: tuple[str, str]) -> Any:
    answer = await client.post("/oauth/introspect", data={"token": token}, auth=auth)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_server_says_what_it_can_do(client: httpx.AsyncClient) -> None:
    said = (await client.get("/.well-known/oauth-authorization-server")).json()
    assert said["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
    assert said["issuer"] == "http://test"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["authorization_response_iss_parameter_supported"] is True
    for name in (name for name in said if name.endswith(("_endpoint", "_uri"))):
        path = httpx.URL(said[name]).path
        assert (await client.request("GET" if name == "jwks_uri" else "POST", path)).status_code in {200, 400, 401}


async def test_a_system_learns_what_a_token_of_its_company_says(
    client: httpx.AsyncClient, admin: Headers, tenant_id: UUID
) -> None:
    erp = await new_client(client, admin, "scores:read")
    session = await new_session(client, admin)
    told = await introspect(client, session["access_token"], erp)
    assert (told["active"], told["sub"], told["roles"]) == (True, session["account_id"], ["hr"])
    assert (told["tenant"], told["sid"]) == (str(tenant_id), session["session_id"])
    assert 0 < told["exp"] - told["iat"] <= 300


async def test_of_what_is_no_good_token_nothing_is_told(
    client: httpx.AsyncClient, installation: Installation, admin: Headers
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    stranger = await new_client(client, bearer(make_admin(other.tenant_id)), "scores:read")
    session = await new_session(client, admin)
    assert await introspect(client, session["access_token"], stranger) == {"active": False}
    assert await introspect(client, "rubbish", stranger) == {"active": False}
    assert await introspect(client, session["refresh_token"], stranger) == {"active": False}
    unknown = await client.post("/oauth/introspect", data={"token": "x"}, auth=(str(uuid4()), "wrong"))
    assert (unknown.status_code, unknown.json()["error"]) == (401, "invalid_client")
    assert (await client.post("/oauth/introspect", data={}, auth=stranger)).json()["error"] == "invalid_request"


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
async def test_revoking_either_token_ends_the_session(client: httpx.AsyncClient, admin: Headers, kind: str) -> None:
    session = await new_session(client, admin)
    revoked = await client.post("/oauth/revoke", data={"token": session[kind]})
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert (await refresh(client, session["refresh_token"])).json()["error"] == "invalid_grant"

    async def void() -> bool:
        return (await client.get("/v1/tenant", headers=holding(session))).status_code == 401

    await eventually(void)
    erp = await new_client(client, admin, "scores:read")
    assert await introspect(client, session["access_token"], erp) == {"active": False}


@pytest.mark.parametrize("token", ["rubbish", "rt_" + "A" * 107])
async def test_what_is_no_token_is_revoked_already(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.post("/oauth/revoke", data={"token": token})).status_code == 200
    assert (await client.post("/oauth/revoke", data={})).json()["error"] == "invalid_request"


async def test_a_systems_token_is_not_revoked_alone(client: httpx.AsyncClient, admin: Headers) -> None:
    client_id, secret = await new_client(client, admin, "scores:read")
    granted = await client.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret))
    refused = await client.post("/oauth/revoke", data={"token": granted.json()["access_token"]})
    assert (refused.status_code, refused.json()["error"]) == (400, "unsupported_token_type")
