"""Authorization codes: good once, for who asked, and the sessions that come of them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.domain.identity.authorization import LIFETIME
from services.gateway.usecases.identity.forget_identity import forget_identity
from services.gateway.wiring import Wiring
from tests.factories.front_end import CALLBACK, VERIFIER, FrontEnd, register
from tests.factories.organisation import make_employee
from tests.factories.waiting import eventually
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create
from tests.integration.gateway.test_sessions import holding, new_session, refresh

pytestmark = pytest.mark.anyio


@pytest.fixture
async def app(client: httpx.AsyncClient, admin: Headers) -> FrontEnd:
    """A front end that can keep no secret."""
    return FrontEnd(client, (await register(client, admin))["id"])


@pytest.fixture
async def wang(client: httpx.AsyncClient, admin: Headers) -> str:
    name = f"wang-{uuid4()}"
    await create(client, admin, name, roles=["hr"])
    return name


async def new_code(app: FrontEnd, username: str) -> str:
    return (await app.log_in(username, PASSWORD))["code"]


async def age_codes(wiring: Wiring, tenant_id: UUID, by: timedelta) -> None:
    statement = text("UPDATE authorization_codes SET created_at = created_at - CAST(:by AS interval)")
    async with wiring.database.transaction(tenant_id) as tx:
        await tx.execute(statement, {"by": by})
        await tx.commit()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": VERIFIER + "x"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": "https://people.example.com/"}, "invalid_grant"),
        ({"client_id": str(uuid4())}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
        ({"client_secret": "made up"}, "invalid_client"),
        ({"code": "ac_" + "A" * 107}, "invalid_grant"),
        ({"code": "rubbish"}, "invalid_grant"),
        ({"code": None}, "invalid_grant"),
    ],
)
async def test_a_code_is_good_for_who_asked_and_a_mistake_does_not_use_it_up(
    app: FrontEnd, wang: str, changes: dict[str, str | None], error: str
) -> None:
    code = await new_code(app, wang)
    refused = await app.exchange(code, **changes)
    assert refused.json()["error"] == error
    assert (await app.exchange(code)).status_code == 200


async def test_another_front_end_cannot_use_a_code_it_came_by(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, wang: str
) -> None:
    mixed_up = FrontEnd(client, (await register(client, admin))["id"])
    code = await new_code(app, wang)
    refused = await mixed_up.exchange(code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await app.exchange(code)).status_code == 200


async def test_a_code_lives_for_a_minute(app: FrontEnd, wang: str, wiring: Wiring, tenant_id: UUID) -> None:
    code = await new_code(app, wang)
    await age_codes(wiring, tenant_id, LIFETIME)
    assert (await app.exchange(code)).json()["error"] == "invalid_grant"


async def test_a_code_shown_twice_ends_what_it_opened(client: httpx.AsyncClient, app: FrontEnd, wang: str) -> None:
    code = await new_code(app, wang)
    bought = (await app.exchange(code)).json()
    spied = await app.exchange(code, code_verifier=VERIFIER + "x")  # who cannot prove it can do no harm
    assert spied.json()["error"] == "invalid_grant"
    assert (await client.get("/v1/tenant", headers=holding(bought))).status_code == 200
    again = await app.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await app.refresh(bought["refresh_token"])).json()["error"] == "invalid_grant"

    async def void() -> bool:
        return (await client.get("/v1/tenant", headers=holding(bought))).status_code == 401

    await eventually(void)


async def test_of_many_who_redeem_a_code_at_once_one_wins(app: FrontEnd, wang: str) -> None:
    code = await new_code(app, wang)
    answers = await asyncio.gather(*(app.exchange(code) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5


@pytest.mark.parametrize("change", [{"active": False}, {"password": "another long one"}, {"roles": ["auditor"]}])
async def test_a_code_is_void_once_its_account_has_changed(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, change: dict[str, Any]
) -> None:
    name = f"feng-{uuid4()}"
    account = await create(client, admin, name)
    code, version = await new_code(app, name), {"If-Match": f'"{account["sequence"]}"'}
    path = f"/v1/accounts/{account['id']}"
    assert (await client.patch(path, json=change, headers={**admin, **version})).status_code == 200
    assert (await app.exchange(code)).json()["error"] == "invalid_grant"


async def test_who_is_logged_out_everywhere_has_no_code_left(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers
) -> None:
    name = f"qian-{uuid4()}"
    account = await create(client, admin, name)
    code = await new_code(app, name)
    assert (await client.delete(f"/v1/accounts/{account['id']}/sessions", headers=admin)).status_code == 204
    assert (await app.exchange(code)).json()["error"] == "invalid_grant"
    assert (await app.exchange(await new_code(app, name))).status_code == 200


async def test_who_left_the_company_does_not_get_through(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, archive: Archive
) -> None:
    employee, name = make_employee(), f"wu-{uuid4()}"
    await archive.tells(employee)
    await create(client, admin, name, work_number=employee.work_number)
    code = await new_code(app, name)
    await archive.tells(employee.model_copy(update={"sequence": 2, "left_on": employee.joined_on}))
    assert (await app.exchange(code)).json()["error"] == "invalid_grant"
    assert (await app.submit(await app.open(), username=name, password=PASSWORD)).status_code == 400


async def test_a_session_goes_on_through_its_own_front_end_alone(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, wang: str
) -> None:
    bought = (await app.exchange(await new_code(app, wang))).json()
    other = FrontEnd(client, (await register(client, admin))["id"])
    assert (await refresh(client, bought["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await other.refresh(bought["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await app.refresh(bought["refresh_token"], client_secret="made up")).json()["error"] == "invalid_client"
    carried_on = await app.refresh(bought["refresh_token"])
    assert carried_on.status_code == 200
    assert carried_on.json()["refresh_token"] != bought["refresh_token"]
    direct = await new_session(client, admin)
    assert (await app.refresh(direct["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_closed_front_end_voids_what_people_opened_through_it(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, wang: str
) -> None:
    bought = (await app.exchange(await new_code(app, wang))).json()
    direct = (await client.post("/v1/sessions", json={"username": wang, "password": PASSWORD})).json()
    assert (await client.get("/v1/tenant", headers=holding(bought))).status_code == 200
    await client.patch(f"/v1/api-clients/{app.id}", json={"active": False}, headers=admin)

    async def void() -> bool:
        return (await client.get("/v1/tenant", headers=holding(bought))).status_code == 401

    await eventually(void)
    assert (await app.refresh(bought["refresh_token"])).json()["error"] == "invalid_client"
    assert (await client.get("/v1/tenant", headers=holding(direct))).status_code == 200


async def test_a_front_end_that_keeps_a_secret_must_show_it(
    client: httpx.AsyncClient, admin: Headers, wang: str
) -> None:
    made = await register(client, admin, public=False)
    app = FrontEnd(client, made["id"], auth=(made["id"], made["secret"]))
    code = await new_code(app, wang)
    for stranger in (FrontEnd(client, made["id"]), FrontEnd(client, made["id"], auth=(made["id"], "wrong"))):
        assert (await stranger.exchange(code)).json()["error"] == "invalid_client"
    bought = (await app.exchange(code)).json()
    assert (await app.refresh(bought["refresh_token"])).json()["error"] == "invalid_client"
    assert (await app.refresh(bought["refresh_token"], client_secret=made["secret"])).status_code == 200


async def test_introspection_names_the_front_end(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, wang: str
) -> None:
    made = await register(client, admin, public=False, scopes=["tenant:read"])
    bought = (await app.exchange(await new_code(app, wang))).json()
    told = await client.post(
        "/oauth/introspect", data={"token": bought["access_token"]}, auth=(made["id"], made["secret"])
    )
    assert told.json()["client_id"] == app.id


async def test_a_code_is_kept_as_a_digest_and_forgotten(
    app: FrontEnd, wang: str, wiring: Wiring, tenant_id: UUID
) -> None:
    code = await new_code(app, wang)
    statement = text("SELECT encode(digest, 'escape') || challenge FROM authorization_codes")
    async with wiring.database.transaction(tenant_id) as tx:
        assert all(code not in kept for kept in (await tx.execute(statement)).scalars())
    await forget_identity(wiring.works.of(tenant_id), at=wiring.works.clock.now())
    assert (await app.exchange(code)).status_code == 200
    await age_codes(wiring, tenant_id, timedelta(days=2))
    await forget_identity(wiring.works.of(tenant_id), at=wiring.works.clock.now())
    async with wiring.database.transaction(tenant_id) as tx:
        assert (await tx.execute(statement)).scalars().all() == []


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"redirect_uris": ["http://people.example.com/"]}, ("redirect_uri_invalid", "/redirect_uris/0")),
        ({"redirect_uris": [CALLBACK, f"{CALLBACK}#top"]}, ("redirect_uri_invalid", "/redirect_uris/1")),
        ({"redirect_uris": []}, ("scope_missing", "/scopes")),
        ({"scopes": ["scores:read"]}, ("scope_of_public_client", "/scopes")),
    ],
)
async def test_a_wrong_front_end_is_refused_with_its_place(
    client: httpx.AsyncClient, admin: Headers, fields: dict[str, Any], refusal: tuple[str, str]
) -> None:
    body = {"name": "people", "public": True, "redirect_uris": [CALLBACK], **fields}
    response = await client.post("/v1/api-clients", json=body, headers=admin)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["errors"][0]["pointer"]) == (422, *refusal)


async def test_a_public_client_has_no_secret_and_gets_none(client: httpx.AsyncClient, admin: Headers) -> None:
    made = await register(client, admin)
    assert (made["secret"], made["public"], made["redirect_uris"]) == (None, True, [CALLBACK])
    for kind in ("secret", "static_key"):
        refused = await client.post(f"/v1/api-clients/{made['id']}/keys", json={"kind": kind}, headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (409, "client_public")
    form = {"grant_type": "client_credentials", "client_id": made["id"]}
    assert (await client.post("/oauth/token", data=form)).json()["error"] == "invalid_client"
