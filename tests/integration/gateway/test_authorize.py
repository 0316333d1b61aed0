"""People log in for a front end: the page, the code, the session, and everybody who should have none of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.domain.identity.attempt import FREE
from services.gateway.domain.identity.authorization import LIFETIME
from services.gateway.usecases.identity.redeem_code import forget_codes
from services.gateway.wiring import Wiring, wire
from tests.factories.access import make_admin
from tests.factories.front_end import CALLBACK, VERIFIER, FrontEnd, answer_of, hidden, register
from tests.factories.installation import Installation, announce_tenant, bearer, client_of
from tests.factories.organisation import make_employee
from tests.factories.tenancy import make_tenant
from tests.factories.waiting import eventually
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create
from tests.integration.gateway.test_second_factor import Person
from tests.integration.gateway.test_sessions import holding, new_session, refresh

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def another_browser(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    yield httpx.AsyncClient(transport=client._transport, base_url=client.base_url)  # noqa: SLF001 -- same application


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


async def test_a_person_logs_in_for_a_front_end_and_acts_by_their_roles(
    client: httpx.AsyncClient, app: FrontEnd, wang: str, wiring: Wiring, tenant_id: UUID
) -> None:
    page = await app.open()
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    answer = answer_of(await app.submit(page, username=wang.upper(), password=PASSWORD))
    assert answer == {"from": "steelyard", "code": answer["code"], "state": "what I was doing", "iss": "http://test"}
    bought = await app.exchange(answer["code"])
    assert (bought.status_code, bought.headers["cache-control"], bought.json()["scope"]) == (200, "no-store", "")
    token = wiring.verifier.verify(bought.json()["access_token"])
    assert (token.principal.kind, token.principal.tenant_id) == ("person", tenant_id)
    assert token.principal.roles == {"hr"}
    assert str(token.client) == app.id
    opened = (await client.get("/v1/sessions", headers=holding(bought.json()))).json()["data"]
    assert [(each["client_id"], each["methods"]) for each in opened] == [(app.id, ["password"])]


async def test_the_page_can_do_nothing_but_send_its_form(app: FrontEnd) -> None:
    page = await app.open()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://people.example.com" in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert "<script" not in page.text
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_over_https_the_cookie_is_one_that_no_other_host_can_set(
    installation: Installation, client: httpx.AsyncClient, admin: Headers, wang: str
) -> None:
    settings = installation.settings("gateway") | {"public_url": "https://hr.example.com"}
    async with client_of(build_app(wire(Settings.model_validate(settings)), {})) as inside:
        inside.base_url = httpx.URL("https://10.0.0.7")
        app = FrontEnd(inside, (await register(client, admin))["id"])
        page = await app.open()
        answer = answer_of(await app.submit(page, username=wang, password=PASSWORD))
        said = (await inside.get("/.well-known/oauth-authorization-server")).json()
    assert page.headers["set-cookie"].startswith("__Host-steelyard_log_in=")
    assert "; Secure" in page.headers["set-cookie"]
    assert (answer["iss"], said["issuer"]) == ("https://hr.example.com", "https://hr.example.com")
    assert said["authorization_endpoint"] == "https://hr.example.com/oauth/authorize"


@pytest.mark.parametrize(
    ("wished", "accepted", "told"),
    [
        ({}, "", "zh-CN"),  # the company's own
        ({}, "en-GB,en;q=0.9,zh;q=0.2", "en"),
        ({}, "fr, zh-TW;q=0.5, en;q=0.4", "zh-CN"),
        ({"ui_locales": "fr en"}, "zh", "en"),
    ],
)
async def test_the_page_speaks_the_language_of_who_reads_it(
    app: FrontEnd, wished: dict[str, str], accepted: str, told: str
) -> None:
    app.browser.headers["accept-language"] = accepted
    page = await app.open(**wished)
    assert f'<html lang="{told}">' in page.text
    again = await app.submit(page, username="nobody", password="wrong")
    assert f'<html lang="{told}">' in again.text


async def test_what_comes_from_outside_is_shown_as_text(client: httpx.AsyncClient, admin: Headers) -> None:
    evil = '"><script>alert(1)</script>'
    app = FrontEnd(client, (await register(client, admin, name=f"{evil}{uuid4()}"))["id"])
    page = await app.open(login_hint=evil)
    again = await app.submit(page, username=evil, password="wrong")
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text + again.text


async def test_a_wrong_password_shows_the_page_again_and_counts_like_any_other(
    client: httpx.AsyncClient, app: FrontEnd, wang: str
) -> None:
    page = await app.open()
    for _ in range(FREE):
        page = await app.submit(page, username=wang, password="not the right one")
        assert page.status_code == 400
        assert 'role="alert"' in page.text
        assert f'value="{wang}"' in page.text
        assert "not the right one" not in page.text
    late = await app.submit(page, username=wang, password=PASSWORD)
    assert (late.status_code, late.headers["retry-after"].isdigit()) == (429, True)
    direct = await client.post("/v1/sessions", json={"username": wang, "password": PASSWORD})
    assert direct.json()["code"] == "too_many_attempts"


async def test_a_second_factor_is_asked_for_on_a_page_of_its_own(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers
) -> None:
    person = Person(client, await create(client, admin, f"li-{uuid4()}", roles=["hr"]))
    await person.set_up()
    asking = await app.submit(await app.open(), username=person.account["username"], password=PASSWORD)
    assert asking.status_code == 200
    assert 'autocomplete="one-time-code"' in asking.text
    wrong = await app.submit(asking, code="000000x")
    assert wrong.status_code == 400
    answer = answer_of(await app.submit(wrong, code=person.code()))
    bought = (await app.exchange(answer["code"])).json()
    opened = (await client.get("/v1/sessions", headers=holding(bought))).json()["data"]
    assert opened[0]["methods"] == ["password", "totp"]
    assert (await app.submit(wrong, code=person.code())).status_code == 400  # each code opens once


async def test_codes_are_guessed_no_oftener_than_passwords(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers
) -> None:
    person = Person(client, await create(client, admin, f"li-{uuid4()}", roles=["hr"]))
    await person.set_up()
    page = await app.submit(await app.open(), username=person.account["username"], password=PASSWORD)
    tries = [(await app.submit(page, code="000000x")).status_code for _ in range(FREE)]
    assert tries == [400] * (FREE - 1) + [429]


async def test_who_cancels_goes_back_without_a_code(app: FrontEnd) -> None:
    answer = answer_of(await app.submit(await app.open(), cancel="1"))
    assert answer["error"] == "access_denied"
    assert (answer["state"], answer["iss"]) == ("what I was doing", "http://test")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"state": "x" * 2001}, "invalid_request"),
    ],
)
async def test_a_wrong_request_goes_back_to_the_front_end(
    app: FrontEnd, changes: dict[str, str | None], error: str
) -> None:
    answer = answer_of(await app.open(**changes))
    assert (answer["error"], answer["iss"], answer["from"]) == (error, "http://test", "steelyard")
    assert "code" not in answer


async def test_a_parameter_sent_twice_is_refused(app: FrontEnd) -> None:
    once = httpx.QueryParams(app.request())
    answer = answer_of(await app.browser.get("/oauth/authorize", params=once.add("state", "another")))
    assert answer["error"] == "invalid_request"
    redirect = once.add("redirect_uri", "https://evil.example.com/")
    assert (await app.browser.get("/oauth/authorize", params=redirect)).status_code == 400


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "https://evil.example.com/callback",
        "https://people.example.com/callback",  # another query
        "https://people.example.com/callback?from=steelyard&next=https://evil.example.com",
        "https://people.example.com/callback?from=steelyard#",
        "https://people.example.com:8443/callback?from=steelyard",
        "https://people.example.com@evil.example.com/callback?from=steelyard",
        "https://people.example.com.evil.example.com/callback?from=steelyard",
        "https://people.example.com/callback/../elsewhere?from=steelyard",
        "HTTPS://people.example.com/callback?from=steelyard",
        "http://people.example.com/callback?from=steelyard",
        "//people.example.com/callback?from=steelyard",
        "javascript:alert(1)//people.example.com/callback?from=steelyard",
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(app: FrontEnd, uri: str | None) -> None:
    for changes in ({}, {"response_type": "nonsense"}):
        page = await app.open(redirect_uri=uri, **changes)
        assert page.status_code == 400
        assert "location" not in page.headers
        assert "form-action 'none'" in page.headers["content-security-policy"]
        assert "evil" not in page.text


@pytest.mark.parametrize("port", ["", ":1234", ":65535"])
async def test_a_program_on_ones_own_machine_listens_on_any_port(
    client: httpx.AsyncClient, admin: Headers, wang: str, port: str
) -> None:
    registered = await register(client, admin, redirect_uris=["http://127.0.0.1/back"])
    app = FrontEnd(client, registered["id"], f"http://127.0.0.1{port}/back")
    code = await new_code(app, wang)
    other_port = await app.exchange(code, redirect_uri="http://127.0.0.1:4321/back")
    assert other_port.json()["error"] == "invalid_grant"
    assert (await app.exchange(code)).status_code == 200
    assert (await app.open(redirect_uri="http://127.0.0.1:1234/elsewhere")).status_code == 400
    assert (await app.open(redirect_uri="http://localhost:1234/back")).status_code == 400


async def test_an_unknown_or_closed_client_gets_nothing(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, wang: str
) -> None:
    for unknown in (None, "", "people", str(uuid4())):
        assert (await app.open(client_id=unknown)).status_code == 400
    page, code = await app.open(), await new_code(app, wang)
    closed = await client.patch(f"/v1/api-clients/{app.id}", json={"active": False}, headers=admin)
    assert closed.status_code == 200
    assert (await app.open()).status_code == 400
    assert (await app.submit(page, username=wang, password=PASSWORD)).status_code == 400
    assert (await app.exchange(code)).json()["error"] == "invalid_client"


async def test_an_address_taken_away_meanwhile_gets_nothing(
    client: httpx.AsyncClient, app: FrontEnd, admin: Headers, wang: str
) -> None:
    page, other = await app.open(), {"redirect_uris": ["https://elsewhere.example.com/"]}
    assert (await client.patch(f"/v1/api-clients/{app.id}", json=other, headers=admin)).status_code == 200
    refused = await app.submit(page, username=wang, password=PASSWORD)
    assert (refused.status_code, "location" in refused.headers) == (400, False)


async def test_a_front_end_lets_in_people_of_its_own_company_alone(
    client: httpx.AsyncClient, installation: Installation, app: FrontEnd, wang: str
) -> None:
    other = make_tenant()
    await announce_tenant(installation, other)
    theirs, name = bearer(make_admin(other.tenant_id)), f"zhao-{uuid4()}"
    await create(client, theirs, name)
    await create(client, theirs, wang)  # the same user name, there
    page = await app.submit(await app.open(), username=name, password=PASSWORD)
    assert page.status_code == 400
    mine = (await app.exchange(await new_code(app, wang))).json()
    assert (await client.get("/v1/tenant", headers=holding(mine))).json()["id"] != str(other.tenant_id)


async def test_a_form_is_good_in_its_own_browser_alone(client: httpx.AsyncClient, app: FrontEnd, wang: str) -> None:
    """Else somebody could have others log in as whom they like, and read what these then write."""
    page = await app.open()
    async with another_browser(client) as other:
        elsewhere = FrontEnd(other, app.id)
        assert (await elsewhere.submit(page, username=wang, password=PASSWORD)).status_code == 400
        await elsewhere.open()
        assert (await elsewhere.submit(page, username=wang, password=PASSWORD)).status_code == 400
    async with another_browser(client) as without_cookies:
        form = {"form": hidden(page), "username": wang, "password": PASSWORD}
        assert (await without_cookies.post("/oauth/authorize", data=form)).status_code == 400
    assert answer_of(await app.submit(page, username=wang, password=PASSWORD))["code"]


@pytest.mark.parametrize("form", [{}, {"form": ""}, {"form": "AAAA"}, {"form": "陈"}])
async def test_what_is_no_form_of_ours_shows_a_page(app: FrontEnd, form: dict[str, str]) -> None:
    refused = await app.browser.post("/oauth/authorize", data={**form, "username": "wang", "password": PASSWORD})
    assert refused.status_code == 400
    assert refused.headers["content-type"].startswith("text/html")


async def test_two_pages_in_one_browser_do_not_disturb_each_other(app: FrontEnd, wang: str) -> None:
    first, second = await app.open(state="first"), await app.open(state="second")
    assert answer_of(await app.submit(first, username=wang, password=PASSWORD))["state"] == "first"
    assert answer_of(await app.submit(second, username=wang, password=PASSWORD))["state"] == "second"


async def test_a_form_ages(client: httpx.AsyncClient, app: FrontEnd, wang: str, wiring: Wiring) -> None:
    from services.gateway.api.identity.log_in_forms import GOOD_FOR, LogInForms  # noqa: PLC0415

    page = await app.open()
    (browser,) = [cookie.value for cookie in app.browser.cookies.jar]
    assert browser

    class Later:
        def now(self) -> Any:
            return wiring.works.clock.now() + GOOD_FOR

    late = LogInForms(wiring.log_in_forms.keys, Later())
    assert late.open(hidden(page), browser=browser) is None
    assert wiring.log_in_forms.open(hidden(page), browser=browser) is not None


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


async def test_a_suspended_company_is_kept_out(
    installation: Installation, app: FrontEnd, wang: str, tenant_id: UUID
) -> None:
    page = await app.open()
    await announce_tenant(installation, make_tenant(tenant_id=tenant_id, sequence=2, status="suspended"))
    assert (await app.submit(page, username=wang, password=PASSWORD)).status_code == 400
    assert (await app.open()).status_code == 400


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
    statement = text("SELECT convert_from(digest, 'latin1') || challenge FROM authorization_codes")
    async with wiring.database.transaction(tenant_id) as tx:
        assert all(code not in kept for kept in (await tx.execute(statement)).scalars())
    await forget_codes(wiring.works.of(tenant_id), at=wiring.works.clock.now())
    assert (await app.exchange(code)).status_code == 200
    await age_codes(wiring, tenant_id, timedelta(days=2))
    await forget_codes(wiring.works.of(tenant_id), at=wiring.works.clock.now())
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
