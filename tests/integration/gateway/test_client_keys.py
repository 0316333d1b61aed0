"""Keys of systems: several at a time, replaced without a break, of kinds for systems old and new."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.gateway.api.identity.oauth_grants import ASSERTION
from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.domain.identity.opaque import Opaque
from services.gateway.wiring import Wiring, wire
from shared.kit.auth.tokens import ISSUER
from tests.factories.access import make_admin
from tests.factories.installation import Installation, announce_tenant, bearer
from tests.factories.tenancy import make_tenant
from tests.factories.upstream import Upstream
from tests.factories.waiting import eventually
from tests.integration.gateway.test_accounts import Headers
from tests.integration.gateway.test_api_clients import GRANT, register

pytestmark = pytest.mark.anyio
SIGNER = generate_private_key(SECP256R1())
SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- to be refused


def public_jwk(key: Any, algorithm: type[Any] = jwt.algorithms.ECAlgorithm) -> dict[str, Any]:
    return dict(algorithm.to_jwk(key.public_key(), as_dict=True))


async def add(client: httpx.AsyncClient, admin: Headers, client_id: str, **fields: Any) -> dict[str, Any]:
    made = await client.post(f"/v1/api-clients/{client_id}/keys", json=fields, headers=admin)
    assert made.status_code == 201, made.text
    key: dict[str, Any] = made.json()
    return key


async def get_in(client: httpx.AsyncClient, client_id: str, secret: str) -> int:
    return (await client.post("/oauth/token", data=GRANT, auth=(client_id, secret))).status_code


def assertion(client_id: str, *, signer: Any = SIGNER, algorithm: str = "ES256", **claims: Any) -> str:
    said = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "exp": datetime.now(UTC) + timedelta(minutes=1),
        "jti": uuid4().hex,
    }
    return jwt.encode({name: said for name, said in {**said, **claims}.items() if said}, signer, algorithm=algorithm)


async def get_in_signed(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(
        "/oauth/token", data={**GRANT, "client_assertion_type": ASSERTION, "client_assertion": token}
    )


async def test_a_secret_is_replaced_without_a_break(client: httpx.AsyncClient, admin: Headers) -> None:
    crm = await register(client, admin)
    new = await add(client, admin, crm["id"], kind="secret", retire_others_after_hours=24)
    assert [await get_in(client, crm["id"], secret) for secret in (crm["secret"], new["secret"])] == [200, 200]
    keys = (await client.get(f"/v1/api-clients/{crm['id']}/keys", headers=admin)).json()["data"]
    expiry = datetime.fromisoformat(keys[0]["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < expiry <= timedelta(hours=24)
    assert (keys[1]["expires_at"], "secret" in keys[1]) == (None, False)
    newest = await add(client, admin, crm["id"], kind="secret", retire_others_after_hours=0)
    codes = [await get_in(client, crm["id"], key) for key in (crm["secret"], new["secret"], newest["secret"])]
    assert codes == [401, 401, 200]


async def test_a_key_ends_when_it_was_said_to(client: httpx.AsyncClient, admin: Headers) -> None:
    crm = await register(client, admin)
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    key = await add(client, admin, crm["id"], kind="secret", expires_at=past)
    assert await get_in(client, crm["id"], key["secret"]) == 401


async def test_a_static_key_opens_every_request_with_the_clients_scopes(
    client: httpx.AsyncClient, admin: Headers, upstreams: dict[str, Upstream], wiring: Wiring, tenant_id: UUID
) -> None:
    erp = await register(client, admin, "tenant:read")
    key = await add(client, admin, erp["id"], kind="static_key")
    holding = {"Authorization": f"Bearer {key['secret']}"}
    assert (await client.get("/v1/tenant", headers=holding)).json()["id"] == str(tenant_id)
    assert (await client.get("/v1/accounts", headers=holding)).status_code == 403
    await client.get("/v1/scorecards", headers=holding)
    passed_on = dict(upstreams["performance"].asked[-1]["headers"])[b"authorization"].decode()
    principal = wiring.verifier.verify(passed_on.removeprefix("Bearer ")).principal
    assert (principal.subject, principal.kind, list(principal.scopes)) == (erp["id"], "client", ["tenant:read"])
    assert key["secret"] not in passed_on


async def test_a_static_key_that_was_taken_away_opens_nothing(client: httpx.AsyncClient, admin: Headers) -> None:
    erp = await register(client, admin, "tenant:read")
    key, other = [await add(client, admin, erp["id"], kind="static_key") for _ in range(2)]
    holding, holding_other = ({"Authorization": f"Bearer {each['secret']}"} for each in (key, other))
    assert (await client.get("/v1/tenant", headers=holding)).status_code == 200
    removed = await client.delete(f"/v1/api-clients/{erp['id']}/keys/{key['id']}", headers=admin)
    assert removed.status_code == 204

    async def refused() -> bool:
        return (await client.get("/v1/tenant", headers=holding)).status_code == 401

    await eventually(refused)
    assert (await client.get("/v1/tenant", headers=holding_other)).status_code == 200


@pytest.mark.parametrize("change", [{"active": False}, {"networks": ["203.0.113.0/24"]}])
async def test_a_closed_client_or_another_network_shuts_static_keys_out(
    client: httpx.AsyncClient, admin: Headers, change: dict[str, Any]
) -> None:
    erp = await register(client, admin, "tenant:read")
    key = await add(client, admin, erp["id"], kind="static_key")
    holding = {"Authorization": f"Bearer {key['secret']}"}
    assert (await client.get("/v1/tenant", headers=holding)).status_code == 200
    changed = await client.patch(f"/v1/api-clients/{erp['id']}", json=change, headers=admin)
    assert changed.status_code == 200, changed.text

    async def refused() -> bool:
        return (await client.get("/v1/tenant", headers=holding)).status_code == 401

    await eventually(refused)
    assert await get_in(client, erp["id"], erp["secret"]) in {400, 401}


async def test_a_client_comes_from_its_networks_alone(wiring: Wiring, admin: Headers) -> None:
    app = build_app(wiring, {})
    inside = httpx.ASGITransport(app=app, client=("203.0.113.9", 1))
    outside = httpx.ASGITransport(app=app, client=("198.51.100.9", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=inside, base_url="http://test") as near,
        httpx.AsyncClient(transport=outside, base_url="http://test") as far,
    ):
        body = {"name": f"erp-{uuid4()}", "scopes": ["tenant:read"], "networks": ["203.0.113.0/24"]}
        erp = (await near.post("/v1/api-clients", json=body, headers=admin)).json()
        key = await add(near, admin, erp["id"], kind="static_key")
        holding = {"Authorization": f"Bearer {key['secret']}"}
        assert [await get_in(each, erp["id"], erp["secret"]) for each in (near, far)] == [200, 400]
        codes = [(await each.get("/v1/tenant", headers=holding)).status_code for each in (near, far, near)]
        assert codes == [200, 401, 200]


async def test_a_system_proves_itself_by_what_it_signs_once(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring
) -> None:
    erp = await register(client, admin, "scores:read")
    await add(client, admin, erp["id"], kind="public_key", jwk=public_jwk(SIGNER))
    signed = assertion(erp["id"])
    granted, replayed = await get_in_signed(client, signed), await get_in_signed(client, signed)
    assert wiring.verifier.verify(granted.json()["access_token"]).principal.subject == erp["id"]
    assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_client")
    to_us = assertion(erp["id"], aud="http://test/oauth/token")
    assert (await get_in_signed(client, to_us)).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"signer": generate_private_key(SECP256R1())},
        {"signer": "a shared secret of thirty-two bytes or so", "algorithm": "HS256"},
        {"aud": "https://somebody.else/oauth/token"},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": datetime(2199, 1, 1, tzinfo=UTC)},
        {"iss": str(uuid4())},
        {"jti": None},
        {"exp": None},
    ],
)
async def test_an_unsound_assertion_opens_nothing(
    client: httpx.AsyncClient, admin: Headers, claims: dict[str, Any]
) -> None:
    erp = await register(client, admin, "scores:read")
    await add(client, admin, erp["id"], kind="public_key", jwk=public_jwk(SIGNER))
    refused = await get_in_signed(client, assertion(erp["id"], **claims))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_what_is_no_assertion_opens_nothing(client: httpx.AsyncClient) -> None:
    for rubbish in ("", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        assert (await get_in_signed(client, rubbish)).json()["error"] == "invalid_client"
    form = {**GRANT, "client_assertion": "x", "client_assertion_type": "another"}
    assert (await client.post("/oauth/token", data=form)).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"kind": "public_key"}, "", "key_kind_mismatched"),
        ({"kind": "secret", "jwk": public_jwk(SIGNER)}, "", "key_kind_mismatched"),
        ({"kind": "public_key", "jwk": {}}, "/jwk", "public_key_unusable"),
        ({"kind": "public_key", "jwk": {"kty": "oct", "k": "AAAA"}}, "/jwk", "public_key_unusable"),
        (
            {"kind": "public_key", "jwk": public_jwk(SHORT, jwt.algorithms.RSAAlgorithm)},
            "/jwk",
            "public_key_unusable",
        ),
        (
            {"kind": "public_key", "jwk": jwt.algorithms.ECAlgorithm.to_jwk(SIGNER, as_dict=True)},
            "/jwk",
            "public_key_unusable",
        ),
        ({"kind": "password"}, "/kind", "literal_error"),
        ({"kind": "secret", "retire_others_after_hours": -1}, "/retire_others_after_hours", "greater_than_equal"),
    ],
)
async def test_an_unusable_key_is_refused(
    client: httpx.AsyncClient, admin: Headers, body: dict[str, Any], pointer: str, code: str
) -> None:
    erp = await register(client, admin, "scores:read")
    refused = await client.post(f"/v1/api-clients/{erp['id']}/keys", json=body, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, code)]


async def test_keys_of_ed25519_work_too(client: httpx.AsyncClient, admin: Headers) -> None:
    erp, signer = await register(client, admin, "scores:read"), Ed25519PrivateKey.generate()
    await add(client, admin, erp["id"], kind="public_key", jwk=public_jwk(signer, jwt.algorithms.OKPAlgorithm))
    signed = assertion(erp["id"], signer=signer, algorithm="EdDSA")
    assert (await get_in_signed(client, signed)).status_code == 200


async def test_a_client_has_so_many_keys_and_no_more(client: httpx.AsyncClient, admin: Headers) -> None:
    erp = await register(client, admin, "scores:read")
    for _ in range(9):
        await add(client, admin, erp["id"], kind="secret")
    refused = await client.post(f"/v1/api-clients/{erp['id']}/keys", json={"kind": "secret"}, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_keys")


async def test_keys_are_the_companys_own_and_the_administrators(
    client: httpx.AsyncClient, installation: Installation, admin: Headers
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    stranger = bearer(make_admin(other.tenant_id))
    erp = await register(client, admin, "tenant:read")
    key = await add(client, admin, erp["id"], kind="static_key")
    path = f"/v1/api-clients/{erp['id']}/keys"
    assert (await client.get(path, headers=stranger)).status_code == 404
    assert (await client.post(path, json={"kind": "secret"}, headers=stranger)).status_code == 404
    assert (await client.delete(f"{path}/{key['id']}", headers=stranger)).status_code == 404
    holding = {"Authorization": f"Bearer {key['secret']}"}
    assert (await client.get(path, headers=holding)).status_code == 403
    repeated = {**admin, "Idempotency-Key": uuid4().hex}
    first, again = [await client.post(path, json={"kind": "static_key"}, headers=repeated) for _ in range(2)]
    assert first.json()["secret"].startswith("sk_")
    assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)


async def test_who_guesses_static_keys_is_slowed_down(installation: Installation, tenant_id: UUID) -> None:
    given = installation.settings("gateway") | {"rate_limits": {"logins": {"amount": 3, "seconds": 3599}}}
    wiring = wire(Settings.model_validate(given))
    address = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    app = build_app(wiring, {})
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=(address, 1)), base_url="http://test"
        ) as client,
    ):
        guesses = [Opaque(tenant_id, uuid4(), uuid4().bytes * 2).written("sk") for _ in range(5)]
        answers = [await client.get("/v1/tenant", headers={"Authorization": f"Bearer {key}"}) for key in guesses]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[-1].json()["code"] == "rate_limited"
