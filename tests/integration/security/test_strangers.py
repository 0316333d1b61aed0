"""Who shows no good token gets nothing, whatever is asked for and whoever one claims to be."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from fastapi import FastAPI

from services.gateway.domain.openapi import operations
from shared.kit.auth.tokens import AUDIENCE, ISSUER
from tests.factories.access import KEY, make_admin, make_client, make_person, token_of
from tests.factories.installation import bearer, client_of_running

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
FAR = 4_000_000_000


@pytest.fixture
async def gateway(apps: dict[str, FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of_running(apps["gateway"]) as client:
        yield client


def closed(document: Json) -> Iterator[tuple[str, str]]:
    """Give method and path of every operation that asks for a token."""
    for path, item in document["paths"].items():
        concrete = re.sub(r"\{\w+\}", str(uuid4()), path)
        yield from ((method, concrete) for method, operation in item.items() if operation.get("security") != [])


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer x.y.z", "Basic YWRtaW46YWRtaW4="])
async def test_every_operation_refuses_a_stranger(gateway: httpx.AsyncClient, header: str | None) -> None:
    document = (await gateway.get("/v1/openapi.json")).json()
    asked = list(closed(document))
    assert len(asked) > len(list(operations(document["paths"]))) * 0.9
    for method, path in asked:
        headers = {"Authorization": header} if header is not None else {}
        answer = await gateway.request(method, path, json={}, headers=headers)
        assert answer.status_code == 401, (method, path)
        assert "data" not in answer.json()


def forged(tenant_id: UUID, *, key: Any = KEY.private, algorithm: str = "EdDSA", **claims: Any) -> str:
    """Write a token as we do, but for what is told."""
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "admin",
        "tenant": str(tenant_id),
        "kind": "person",
        "roles": ["admin"],
        "scope": "",
        "iat": 1_700_000_000,
        "exp": FAR,
    }
    return jwt.encode({**said, **claims}, key, algorithm=algorithm, headers={"kid": KEY.key_id})


async def test_a_token_that_we_did_not_sign_for_this_opens_nothing(gateway: httpx.AsyncClient, tenant_id: UUID) -> None:
    good = forged(tenant_id)
    assert (await gateway.get("/v1/departments", headers={"Authorization": f"Bearer {good}"})).status_code == 200
    head, body, _ = good.split(".")
    public = KEY.public_jwk()["x"]
    for token in (
        forged(tenant_id, key=None, algorithm="none"),
        forged(tenant_id, key=public.ljust(64, "="), algorithm="HS256"),
        forged(tenant_id, aud="another"),
        forged(tenant_id, iss="another"),
        forged(tenant_id, exp=1_700_000_001),
        f"{head}.{body}.",
        f"{head}.{body}.{'A' * 86}",
    ):
        answer = await gateway.get("/v1/departments", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token


CLAIMED = {
    "X-User-Id": "admin",
    "X-Roles": "admin",
    "X-Forwarded-User": "admin",
    "Remote-User": "admin",
    "X-Steelyard-Principal": "admin",
    "X-Steelyard-Roles": "admin",
    "X-HTTP-Method-Override": "DELETE",
}


async def test_what_a_caller_claims_to_be_is_not_believed(gateway: httpx.AsyncClient, tenant_id: UUID) -> None:
    other, somebody = uuid4(), make_person(tenant_id, uuid4())
    claims = {**CLAIMED, "X-Tenant-Id": str(other), "X-Steelyard-Tenant": str(other), "X-Employee-Id": str(other)}
    query = {"tenant_id": str(other), "employee": str(other), "roles": "admin", "as": "admin"}
    company = await gateway.get("/v1/tenant", headers={**bearer(somebody), **claims})
    assert company.json()["id"] == str(tenant_id)
    asked = await gateway.get("/v1/tenant", headers=bearer(somebody), params=query)
    assert {each["pointer"] for each in asked.json()["errors"]} == {f"#/query/{name}" for name in query}
    refused = await gateway.post(
        "/v1/departments", json={"code": "X", "name": "X"}, headers={**bearer(somebody), **claims}, params=query
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("member", ["tenant_id", "id", "sequence", "created_by", "subject"])
async def test_what_is_ours_to_say_is_no_member_of_a_body(
    gateway: httpx.AsyncClient, tenant_id: UUID, member: str
) -> None:
    body = {"code": "X", "name": "X", member: str(uuid4())}
    answer = await gateway.post("/v1/departments", json=body, headers=bearer(make_admin(tenant_id)))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "extra_forbidden")


async def test_a_system_is_no_person_whatever_it_calls_itself(gateway: httpx.AsyncClient, tenant_id: UUID) -> None:
    token = token_of(make_client(tenant_id, subject=str(uuid4())))
    for path in ("/v1/accounts", "/v1/sessions", "/v1/audit-events", "/v1/audit-events/about-me"):
        answer = await gateway.get(path, headers={"Authorization": f"Bearer {token}", **CLAIMED})
        assert answer.status_code == 403, path
