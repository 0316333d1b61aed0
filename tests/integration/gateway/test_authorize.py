"""People log in for a front end: the page, the code, the session, and everybody who should have none of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.domain.identity.attempt import FREE
from services.gateway.wiring import Wiring, wire
from tests.factories.access import make_admin
from tests.factories.front_end import FrontEnd, answer_of, hidden, register
from tests.factories.installation import Installation, announce_tenant, bearer, client_of
from tests.factories.tenancy import make_tenant
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create
from tests.integration.gateway.test_second_factor import Person
from tests.integration.gateway.test_sessions import holding

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


async def test_a_suspended_company_is_kept_out(
    installation: Installation, app: FrontEnd, wang: str, tenant_id: UUID
) -> None:
    page = await app.open()
    await announce_tenant(installation, make_tenant(tenant_id=tenant_id, sequence=2, status="suspended"))
    assert (await app.submit(page, username=wang, password=PASSWORD)).status_code == 400
    assert (await app.open()).status_code == 400
