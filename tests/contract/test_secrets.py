"""Secrets stay where they were sent: a canary goes through every door, and is looked for wherever it could come out."""

import base64
import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.engine import make_url

from deploy.migrate import SERVICES
from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.wiring import wire
from shared.kit.db import Database
from shared.kit.log import configure_logging
from tests.factories.access import altered, make_admin
from tests.factories.installation import Installation, bearer, client_of, client_of_running

pytestmark = pytest.mark.anyio
GRANT = {"grant_type": "client_credentials"}
_KEPT = {
    "answers": "SELECT convert_from(headers, 'UTF8') || convert_from(body, 'UTF8') FROM answers",
    "outbox": "SELECT convert_from(payload, 'UTF8') FROM outbox",
}
"""What a service keeps beyond the request, by table."""


def canary() -> str:
    """Make a secret that stands nowhere by chance; it would pass for a password, too."""
    return f"Canary{uuid4().hex}"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Catch what processes would log."""
    stream = io.StringIO()
    configure_logging(level="INFO", stream=stream)
    yield stream
    configure_logging(level="WARNING")


@dataclass
class Intruder:
    """Speaks to the gateway, and keeps what it said and what it was refused with."""

    client: httpx.AsyncClient
    admin: dict[str, str]
    secrets: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def secret(self) -> str:
        self.secrets.append(canary())
        return self.secrets[-1]

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        answer = await self.client.request(method, path, **request)
        if answer.status_code >= 400:
            self.refusals.append(f"{answer.status_code} {dict(answer.headers)} {answer.text}")
        return answer

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        answer = await self.send("POST", path, json=body, headers={**self.admin, **headers})
        return answer.json()


@pytest.fixture
async def intruder(apps: dict[str, FastAPI], tenant_id: UUID) -> AsyncIterator[Intruder]:
    async with client_of_running(apps["gateway"]) as client:
        yield Intruder(client, bearer(make_admin(tenant_id)))


async def by_authorization(who: Intruder) -> None:
    token = who.admin["Authorization"].removeprefix("Bearer ")
    who.secrets.append(token.rpartition(".")[2])
    await who.send("GET", "/v1/accounts", headers=who.admin)
    await who.send("GET", "/v1/reports", headers=who.admin)
    for scheme in ("Bearer ", "Bearer sk_", "Basic ", "", "Digest "):
        await who.send("GET", "/v1/employees", headers={"Authorization": f"{scheme}{who.secret()}"})
    pair = base64.b64encode(f"{uuid4()}:{who.secret()}".encode()).decode()
    who.secrets.append(pair)
    await who.send("GET", "/v1/employees", headers={"Authorization": f"Basic {pair}"})
    await who.send("POST", "/oauth/token", data=GRANT, headers={"Authorization": f"Basic {pair}"})


async def by_client_secret(who: Intruder) -> None:
    body = {"name": f"crm-{uuid4()}", "scopes": ["observations:write"]}
    made = await who.post("/v1/api-clients", body, **{"Idempotency-Key": str(uuid4())})
    who.secrets.append(made["secret"])
    auth = (made["id"], made["secret"])
    let_in = await who.send("POST", "/oauth/token", data=GRANT, auth=auth)
    who.secrets.append(let_in.json()["access_token"])
    await who.send("POST", "/oauth/token", data={**GRANT, "scope": "no:such"}, auth=auth)
    for form in (GRANT, {"grant_type": "password"}, {"grant_type": "refresh_token", "refresh_token": who.secret()}):
        given = {**form, "client_id": made["id"], "client_secret": who.secret()}
        await who.send("POST", "/oauth/token", data=given)
    await who.send("POST", "/oauth/token", json={**GRANT, "client_secret": who.secret()})


async def by_password(who: Intruder) -> None:
    name, password = f"wang-{uuid4()}", who.secret()
    account = {"username": name, "password": password}
    made = await who.post("/v1/accounts", account, **{"Idempotency-Key": str(uuid4())})
    opened = await who.send("POST", "/v1/sessions", json=account)
    who.secrets.append(opened.json()["access_token"])
    await who.send("POST", "/v1/sessions", json={"username": name, "password": who.secret()})
    await who.send("PATCH", f"/v1/accounts/{made['id']}", json={"password": who.secret()}, headers=who.admin)
    for wrong in ({"is": who.secret()}, [who.secret()], who.secret() * 100, who.secret() + "\0"):
        await who.send("POST", "/v1/sessions", json={"username": name, "password": wrong})
        await who.post("/v1/accounts", {"username": name, "password": wrong})
    await who.post("/v1/accounts", {"username": name, "password": who.secret(), "roles": ["none"], "more": 1})
    await who.post("/v1/accounts", {**account, "password": who.secret()})
    await who.send("POST", "/v1/sessions", content=f'{{"username": "x", "password": "{who.secret()}')


async def by_webhook_secret(who: Intruder) -> None:
    hook = {"url": "https://hooks.example.com/steelyard", "event_types": ["score.published.v1"]}
    made = await who.post("/v1/webhooks", hook, **{"Idempotency-Key": str(uuid4())})
    who.secrets.append(made["secret"])
    who.secrets.append(made["secret"].removeprefix("whsec_"))
    await who.post("/v1/webhooks", {**hook, "secret": who.secret()})
    await who.post("/v1/webhooks", {**hook, "url": f"https://user:{who.secret()}@hooks.example.com/"})


async def by_query(who: Intruder) -> None:
    for name in ("access_token", "limit", "cursor", "updated_after", "client_secret"):
        await who.send("GET", f"/v1/employees?{name}={who.secret()}", headers=who.admin)
        await who.send("GET", f"/v1/accounts?{name}={who.secret()}", headers=who.admin)
        await who.send("GET", f"/v1/nothing?{name}={who.secret()}", headers=who.admin)
    await who.send("POST", f"/v1/sessions?password={who.secret()}", json={})


async def by_session(who: Intruder) -> None:
    account = {"username": f"li-{uuid4()}", "password": who.secret()}
    await who.post("/v1/accounts", {**account, "roles": ["hr"]})
    opened = (await who.send("POST", "/v1/sessions", json=account)).json()
    own = {"Authorization": f"Bearer {opened['access_token']}"}
    who.secrets += [opened["access_token"], opened["refresh_token"]]
    factor = (await who.send("POST", "/v1/second-factor", headers=own)).json()
    who.secrets.append(factor["secret"])
    for code in (who.secret()[:32], {"code": who.secret()}):
        await who.send("POST", "/v1/second-factor/confirmation", json={"code": code}, headers=own)
        await who.send("POST", "/v1/second-factor/removal", json={"code": code}, headers=own)
    refresh = {"grant_type": "refresh_token", "refresh_token": opened["refresh_token"]}
    again = (await who.send("POST", "/oauth/token", data=refresh)).json()
    who.secrets += [again["access_token"], again["refresh_token"]]
    for shown in (altered(opened["refresh_token"]), who.secret(), f"rt_{uuid4().hex}_{who.secret()}"):
        await who.send("POST", "/oauth/token", data={**refresh, "refresh_token": shown})
        await who.send("POST", "/oauth/revoke", data={"token": shown})
        await who.send("POST", "/oauth/introspect", data={"token": shown, "client_secret": who.secret()})
    for body in (
        {"present_password": who.secret(), "new_password": who.secret()},
        {"new_password": [who.secret()]},
        who.secret(),
    ):
        await who.send("PUT", "/v1/password", json=body, headers=own)
    await who.send("POST", "/oauth/revoke", data={"token": again["refresh_token"]})


async def by_key(who: Intruder) -> None:
    client = await who.post("/v1/api-clients", {"name": f"erp-{uuid4()}", "scopes": ["tenant:read"]})
    who.secrets.append(client["secret"])
    body, key = {"kind": "static_key"}, {"Idempotency-Key": str(uuid4())}
    made = await who.post(f"/v1/api-clients/{client['id']}/keys", body, **key)
    who.secrets.append(made["secret"])
    for path in ("/v1/tenant", "/v1/accounts", "/v1/employees", "/v1/tenants", "/scim/v2/Users"):
        for shown in (made["secret"], altered(made["secret"]), f"op_{who.secret()}", f"sk_{who.secret()}"):
            await who.send("GET", path, headers={"Authorization": f"Bearer {shown}"})
    private = {"kty": "OKP", "crv": "Ed25519", "x": who.secret(), "d": who.secret()}
    await who.post(f"/v1/api-clients/{client['id']}/keys", {"kind": "public_key", "jwk": private})
    assertion = {"client_assertion": f"a.{who.secret()}.{who.secret()}", "client_assertion_type": "x"}
    await who.send("POST", "/oauth/token", data={**GRANT, **assertion})


async def by_log_in_page(who: Intruder) -> None:
    made = await who.post(
        "/v1/api-clients", {"name": f"front-{uuid4()}", "scopes": [], "redirect_uris": ["https://app.example.com/back"]}
    )
    asked = {"response_type": "code", "client_id": made["id"], "code_challenge": "x" * 43, "state": who.secret()}
    asked |= {"redirect_uri": "https://app.example.com/back", "code_challenge_method": "S256"}
    await who.send("GET", "/oauth/authorize", params={**asked, "redirect_uri": f"https://evil.example/{who.secret()}"})
    form = {"form": who.secret(), "username": "wang", "password": who.secret(), "code": who.secret()}
    await who.send("POST", "/oauth/authorize", data=form)
    code = {"grant_type": "authorization_code", "code": f"ac_{who.secret()}", "code_verifier": who.secret()}
    await who.send(
        "POST", "/oauth/token", data={**code, "client_id": made["id"], "redirect_uri": asked["redirect_uri"]}
    )


async def by_path(who: Intruder) -> None:
    """Put it where an id belongs, in paths of every kind: the gateway's own, another service's, nobody's."""
    for path in ("sessions", "employees", "tenants", "webhooks", "observations", "business-targets/crm", "", "nobody"):
        await who.send("GET", f"/v1/{path}/{who.secret()}", headers=who.admin)
        await who.send("DELETE", f"/v1/{path}/{who.secret()}/{who.secret()}", headers=who.admin)
    for path in ("/scim/v2/Users", "/scim/v2", "/oauth", ""):
        await who.send("GET", f"{path}/{who.secret()}", headers=who.admin)


async def by_exception(who: Intruder) -> None:
    """Send what no parser and no database likes, with a secret in the middle."""
    for name in ("\ud800", "\0", "x" * 300):
        body = json.dumps({"code": name, "name": f"{name}{who.secret()}"})
        await who.send(
            "POST", "/v1/departments", content=body, headers={**who.admin, "Content-Type": "application/json"}
        )
    for kind in ("text/plain", "application/json"):
        content = b'{"password": "' + who.secret().encode() + b"\xff"
        await who.send("POST", "/v1/sessions", content=content, headers={"Content-Type": kind})


DOORS = (
    by_session,
    by_key,
    by_log_in_page,
    by_exception,
    by_authorization,
    by_client_secret,
    by_password,
    by_webhook_secret,
    by_query,
    by_path,
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
async def test_no_secret_comes_out_again(
    installation: Installation, intruder: Intruder, logs: io.StringIO, door: Any
) -> None:
    await door(intruder)
    logged = logs.getvalue()
    assert logged.count('"event":"request"') >= len(intruder.refusals) > 0
    assert escaped(intruder.secrets, logged) == []
    assert [refusal for refusal in intruder.refusals if escaped(intruder.secrets, refusal)] == []
    assert escaped(intruder.secrets, await kept(installation)) == []


async def test_an_answer_that_shows_a_secret_is_stored_without_it(
    installation: Installation, intruder: Intruder
) -> None:
    name = f"crm-{uuid4()}"
    made = await intruder.post(
        "/v1/api-clients", {"name": name, "scopes": ["tenant:read"]}, **{"Idempotency-Key": str(uuid4())}
    )
    stored = await kept(installation)
    assert name in stored
    assert made["secret"]
    assert made["secret"] not in stored


async def test_a_failing_database_gives_away_neither_its_password_nor_ours(
    installation: Installation, logs: io.StringIO
) -> None:
    secret, url = canary(), make_url(installation.urls["gateway"])
    away = url.set(username="nobody", password=canary()).render_as_string(hide_password=False)
    given = installation.settings("gateway") | {"database_url": away}
    async with client_of(build_app(wire(Settings.model_validate(given)), {})) as client:
        answer = await client.post("/v1/sessions", json={"username": "wang", "password": secret})
    assert answer.status_code >= 500
    said = logs.getvalue() + answer.text
    assert "request." in said
    assert escaped([secret, str(make_url(away).password), str(url.password)], said) == []


def escaped(secrets: list[str], said: str) -> list[str]:
    return [secret for secret in secrets if secret in said or json.dumps(secret)[1:-1] in said]


async def kept(installation: Installation) -> str:
    """Read all that services keep of requests, across tenants."""
    found: list[str] = []
    for service in SERVICES:
        database = Database(installation.admin_url, schema=service, pool_size=1)
        async with database.transaction() as tx:
            for statement in _KEPT.values():
                found += (await tx.execute(text(statement))).scalars().all()
        await database.close()
    return "\n".join(found)
