"""Which provider vouches for a company, what it may decide, and that it is no other company's."""

from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.wiring import Wiring, wire
from tests.factories.access import make_admin, make_hr
from tests.factories.front_end import FrontEnd, answer_of, register
from tests.factories.installation import Installation, announce_tenant, bearer, client_of
from tests.factories.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.factories.organisation import make_employee
from tests.factories.tenancy import make_tenant
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.federated import PATH, WAY, Employee, employ, trust
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create, log_in

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def wiring(installation: Installation) -> Wiring:
    settings = installation.settings("gateway") | {"dangerous_allow_private_targets": True}
    return wire(Settings.model_validate(settings))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as provider:
        yield provider


@pytest.fixture
async def wang(client: httpx.AsyncClient, admin: Headers, archive: Archive, provider: Provider) -> Employee:
    return await employ(client, admin, archive, provider)


async def test_unknown_people_get_an_account_where_that_is_wanted(
    client: httpx.AsyncClient, admin: Headers, wang: Employee, *, provider: Provider, archive: Archive, wiring: Wiring
) -> None:
    new = make_employee()
    await archive.tells(new)
    provider.person = {"sub": "new", "employee_number": new.work_number}
    assert (await wang.log_in()).status_code == 400
    await trust(client, admin, provider, unknown_people="create_account", default_roles=["hr"])
    answer = answer_of(await wang.log_in())
    bought = (await wang.app.exchange(answer["code"])).json()
    principal = wiring.verifier.verify(bought["access_token"]).principal
    assert principal.employee_id == new.employee_id
    assert principal.roles == {"hr"}
    account = (await client.get(f"/v1/accounts/{principal.subject}", headers=admin)).json()
    assert account["username"] == new.work_number.lower()
    again = answer_of(await wang.log_in())
    assert (await wang.app.exchange(again["code"])).status_code == 200
    provider.person = {"sub": "nobody", "employee_number": "nobody's"}  # whoever is not in the archive gets none
    assert (await wang.log_in()).status_code == 400


async def test_local_passwords_may_be_shut_for_all_but_administrators(
    client: httpx.AsyncClient, admin: Headers, wang: Employee, provider: Provider
) -> None:
    boss = f"boss-{uuid4()}"
    await create(client, admin, boss, roles=["admin"])
    await trust(client, admin, provider, local_passwords=False)
    refused = await log_in(client, wang.account["username"])
    assert (refused.status_code, refused.json()["code"]) == (403, "password_log_in_off")
    page = await wang.app.open()
    assert "<details>" in page.text
    shown = await wang.app.submit(page, username=wang.account["username"], password=PASSWORD)
    assert shown.status_code == 400
    assert (await log_in(client, boss)).status_code == 201
    assert answer_of(await wang.log_in())["code"]


async def test_each_company_has_its_own_provider(
    client: httpx.AsyncClient, installation: Installation, wang: Employee, provider: Provider
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    theirs = bearer(make_admin(other.tenant_id))
    app = FrontEnd(client, (await register(client, theirs))["id"])
    assert "/oauth/provider" not in (await app.open()).text
    async with running_provider(person=dict(provider.person)) as evil:
        await trust(client, theirs, evil, unknown_people="create_account")
        stranger = Employee(app, evil, {})
        assert (await stranger.log_in()).status_code == 400  # the number is nobody's there
        evil.wrong = {"iss": provider.issuer}
        assert (await stranger.log_in()).status_code == 400
        theirs_to_ours = await stranger.back_from_provider()
        ours = await wang.back_from_provider()
        code = httpx.URL(theirs_to_ours).params["code"]
        mixed = str(httpx.URL(ours).copy_set_param("code", code))
        assert (await client.get(mixed)).status_code == 400


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://elsewhere.example.com"},
        {"authorization_endpoint": "https://["},
        {"authorization_endpoint": 7},
        {"token_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
async def test_a_provider_that_describes_itself_wrongly_is_gone_to_by_nobody(
    wang: Employee, provider: Provider, description: dict[str, Any]
) -> None:
    provider.description = description
    page = await wang.app.open()
    refused = await wang.app.browser.get(unescape(WAY.findall(page.text)[0]))
    assert (refused.status_code, "location" in refused.headers) == (400, False)


async def test_a_provider_taken_away_meanwhile_opens_nothing(
    client: httpx.AsyncClient, admin: Headers, wang: Employee
) -> None:
    back = await wang.back_from_provider()
    assert (await client.delete(PATH, headers=admin)).status_code == 204
    assert (await client.get(back)).status_code == 400
    assert (await client.delete(PATH, headers=admin)).status_code == 404


async def test_addresses_of_ones_own_network_are_asked_nothing(
    installation: Installation, admin: Headers, provider: Provider
) -> None:
    async with client_of(build_app(wire(Settings.model_validate(installation.settings("gateway"))), {})) as strict:
        for issuer in (
            provider.issuer,
            "https://127.0.0.1",
            "https://10.0.0.1/x",
            "https://[::1]",
            "ftp://x.example.com",
        ):
            body = {"name": "x", "issuer": issuer, "client_id": "x"}
            refused = await strict.put(PATH, json=body, headers=admin)
            assert (refused.status_code, refused.json()["code"]) == (422, "issuer_invalid"), issuer
        body = {"name": "x", "issuer": "https://localhost", "client_id": "x"}
        assert (await strict.put(PATH, json=body, headers=admin)).status_code == 200
        app = FrontEnd(strict, (await register(strict, admin))["id"])
        page = await app.open()
        refused = await strict.get(unescape(WAY.findall(page.text)[0]))
        assert refused.status_code == 400


async def test_the_secret_is_sealed_never_shown_and_of_one_issuer(
    client: httpx.AsyncClient, admin: Headers, provider: Provider, wiring: Wiring, tenant_id: UUID
) -> None:
    taken = await trust(client, admin, provider)
    read = await client.get(PATH, headers=admin)
    assert CLIENT_SECRET not in str(taken) + read.text
    assert (read.json()["has_secret"], read.headers["etag"]) == (True, '"1"')
    async with wiring.database.transaction(tenant_id) as tx:
        kept = (await tx.execute(text("SELECT client_secret FROM identity_providers"))).scalar_one()
    assert CLIENT_SECRET.encode() not in kept
    body = {"name": "New", "issuer": provider.issuer, "client_id": CLIENT_ID}
    stale = await client.put(PATH, json=body, headers={**admin, "If-Match": '"7"'})
    assert stale.status_code == 412
    assert (await client.put(PATH, json=body, headers={**admin, "If-Match": '"1"'})).json()["has_secret"] is True
    moved = {**body, "issuer": f"{provider.issuer}/elsewhere"}
    assert (await client.put(PATH, json=moved, headers=admin)).json()["has_secret"] is False


async def test_only_administrators_choose_who_vouches(
    client: httpx.AsyncClient, provider: Provider, tenant_id: UUID, admin: Headers
) -> None:
    body = {"name": "x", "issuer": provider.issuer, "client_id": "x"}
    assert (await client.put(PATH, json=body, headers=bearer(make_hr(tenant_id)))).status_code == 403
    assert (await client.get(PATH, headers=admin)).status_code == 404
    for wrong in ({"default_roles": ["admin"]}, {"claim": "a b"}, {"attribute": "name"}, {"more": 1}):
        assert (await client.put(PATH, json={**body, **wrong}, headers=admin)).status_code == 422
