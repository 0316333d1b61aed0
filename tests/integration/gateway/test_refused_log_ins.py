"""What the audit log keeps of log-ins that were refused: who was tried, from where, why; and who is shown it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.gateway.domain.identity.session import GRACE
from services.gateway.wiring import Wiring
from tests.factories.access import altered
from tests.factories.audit import keep
from tests.factories.front_end import FrontEnd, hidden, register
from tests.factories.hosting import make_operator
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create
from tests.integration.gateway.test_audit import hear, recorded
from tests.integration.gateway.test_client_keys import SIGNER, add, assertion, get_in_signed, public_jwk
from tests.integration.gateway.test_hosting import WHY
from tests.integration.gateway.test_second_factor import Person
from tests.integration.gateway.test_sessions import age, holding, new_session, refresh

pytestmark = pytest.mark.anyio
WRONG = "000000x"


@pytest.fixture
async def wang(client: httpx.AsyncClient, admin: Headers) -> Person:
    person = Person(client, await create(client, admin, f"wang-{uuid4()}", roles=["hr"]))
    await person.set_up()
    return person


async def last(wiring: Wiring, tenant_id: UUID) -> dict[str, Any]:
    """Give the newest entry, and see that it says from where."""
    entry = (await recorded(wiring, tenant_id))[-1]
    assert (entry["outcome"], entry["client_address"]) == ("refused", "127.0.0.1")
    return {name: entry[name] for name in ("actor", "action", "code", "status")}


async def test_a_wrong_code_is_written_down_and_that_none_was_shown(
    wang: Person, wiring: Wiring, tenant_id: UUID
) -> None:
    for fields, code in (({}, "second_factor_required"), ({"code": WRONG}, "credentials_invalid")):
        assert (await wang.log_in(**fields)).status_code == 401
        said = {"actor": wang.account["id"], "action": "post_session", "code": code, "status": 401}
        assert await last(wiring, tenant_id) == said


async def test_a_wrong_code_on_the_page_is_written_down(
    client: httpx.AsyncClient, admin: Headers, wang: Person, wiring: Wiring, tenant_id: UUID
) -> None:
    app = FrontEnd(client, (await register(client, admin))["id"])
    asked = await app.submit(await app.open(), username=wang.account["username"], password=PASSWORD)
    await client.post("/oauth/authorize", data={"form": hidden(asked), "code": WRONG})
    said = await last(wiring, tenant_id)
    assert (said["actor"], said["action"], said["code"]) == (
        wang.account["id"],
        "post_authorization",
        "credentials_invalid",
    )


async def test_a_wrong_code_to_give_a_device_up_is_written_down(wang: Person, wiring: Wiring, tenant_id: UUID) -> None:
    headers = await wang.headers(code=wang.code())
    await wang.client.post("/v1/second-factor/removal", json={"code": WRONG}, headers=headers)
    said = await last(wiring, tenant_id)
    assert (said["actor"], said["code"]) == (wang.account["id"], "credentials_invalid")


async def test_a_used_up_refresh_token_is_written_down_and_one_of_nobody_is_not(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    session = await new_session(client, admin)
    await refresh(client, session["refresh_token"])
    await age(wiring, session, GRACE + timedelta(seconds=1))
    await refresh(client, session["refresh_token"])
    said = {"actor": session["account_id"], "action": "post_token", "code": "refresh_token_invalid", "status": 400}
    assert await last(wiring, tenant_id) == said
    everything = await recorded(wiring, tenant_id)
    await refresh(client, altered(session["refresh_token"]))
    assert await recorded(wiring, tenant_id) == everything, "who has only the id of a session has shown nothing"


async def test_a_wrong_static_key_is_written_down_wherever_it_is_shown(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    system = (
        await client.post("/v1/api-clients", json={"name": "ERP", "scopes": ["tenant:read"]}, headers=admin)
    ).json()
    key = (await add(client, admin, system["id"], kind="static_key"))["secret"]
    wrong = {"Authorization": f"Bearer {key[:-4]}AAAA"}
    for path, template in (("/v1/tenant", "/v1/tenant"), ("/v1/employees/17", "/v1/employees")):
        assert (await client.get(path, headers=wrong)).status_code == 401
        said = {"actor": system["id"], "action": "forward", "code": "client_invalid", "status": 401}
        assert await last(wiring, tenant_id) == said
        assert (await recorded(wiring, tenant_id))[-1]["route"] == template


async def test_a_wrong_signature_and_a_scope_that_was_not_granted_are_written_down(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    system = (
        await client.post("/v1/api-clients", json={"name": "ERP", "scopes": ["tenant:read"]}, headers=admin)
    ).json()
    await get_in_signed(client, assertion(system["id"]))
    assert (await last(wiring, tenant_id))["actor"] == system["id"]
    await add(client, admin, system["id"], kind="public_key", jwk=public_jwk(SIGNER))
    form = {"grant_type": "client_credentials", "scope": "scores:read"}
    await client.post("/oauth/token", data=form, auth=(system["id"], system["secret"]))
    assert (await last(wiring, tenant_id))["code"] == "scope_not_granted"


async def test_log_ins_at_a_suspended_company_are_written_down(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, tenant_id: UUID
) -> None:
    session, (_, operator) = await new_session(client, admin), await make_operator(wiring)
    await client.put(f"/v1/tenants/{tenant_id}/suspension", json=WHY, headers=operator)
    await refresh(client, session["refresh_token"])
    said = await last(wiring, tenant_id)
    assert (said["actor"], said["code"]) == (session["account_id"], "tenant_suspended")


async def test_people_are_shown_what_was_refused_to_whoever_tried_as_them(
    client: httpx.AsyncClient, admin: Headers, wang: Person, wiring: Wiring, tenant_id: UUID
) -> None:
    await wang.log_in(code=WRONG)
    await hear(wiring, tenant_id)
    await keep(wiring, tenant_id, 1, outcome="refused")
    headers = await wang.headers(code=wang.code())
    page = (await client.get("/v1/audit-events/refused-to-me", headers=headers)).json()
    (seen,) = page["data"]
    assert {name: seen[name] for name in ("action", "code", "status", "client_address")} == {
        "action": "post_session",
        "code": "credentials_invalid",
        "status": 401,
        "client_address": "127.0.0.1",
    }
    other = holding(await new_session(client, admin))
    assert (await client.get("/v1/audit-events/refused-to-me", headers=other)).json()["data"] == []
