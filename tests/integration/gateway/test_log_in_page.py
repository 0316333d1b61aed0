"""The log-in page in a real browser: its policy lets people through it, and nobody else through them."""

import shutil
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from playwright.async_api import Page, async_playwright

from services.gateway.app import build_app
from services.gateway.config import Settings
from services.gateway.wiring import Wiring, wire
from tests.factories.front_end import FrontEnd, register
from tests.factories.installation import Installation
from tests.factories.oidc_provider import Provider, running_provider
from tests.factories.serving import serving, serving_whole
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.federated import employ
from tests.integration.gateway.test_accounts import PASSWORD, Headers, create
from tests.integration.gateway.test_second_factor import Person

pytestmark = [pytest.mark.anyio, pytest.mark.needs("chromium")]


def front_end_site() -> FastAPI:
    """Show what comes back, and try to show the log-in page in a frame."""
    site = FastAPI()

    @site.get("/callback")
    async def callback(request: Request) -> HTMLResponse:
        return HTMLResponse("<title>back</title>" if "code" in request.query_params else "<title>refused</title>")

    @site.get("/frame")
    async def frame(url: str) -> HTMLResponse:
        return HTMLResponse(f'<title>framing</title><iframe src="{url}"></iframe>')

    return site


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield await chromium.new_page(locale="zh-CN")
        await chromium.close()


@pytest.fixture(scope="module")
async def wiring(installation: Installation) -> Wiring:
    """Let the provider of a test be on this machine."""
    settings = installation.settings("gateway") | {"dangerous_allow_private_targets": True}
    return wire(Settings.model_validate(settings))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """Give a provider that a browser takes for another site than ours."""
    async with running_provider(asks_first=True) as provider:
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")
        yield provider


@pytest.fixture
def refused(page: Page) -> list[str]:
    """Give what the browser complains of."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


async def test_a_person_gets_through_the_page_and_back(
    client: httpx.AsyncClient, admin: Headers, wiring: Wiring, page: Page, refused: list[str]
) -> None:
    person = Person(client, await create(client, admin, f"wang-{uuid4()}", roles=["hr"]))
    await person.set_up()
    async with serving_whole(build_app(wiring, {})) as gateway, serving(front_end_site()) as site:
        made = await register(client, admin, redirect_uris=["http://127.0.0.1/callback"])
        app = FrontEnd(client, made["id"], f"{site}/callback")
        there = str(httpx.URL(f"{gateway}/oauth/authorize", params=app.request()))
        await page.goto(there)
        assert await page.title() == "登录"
        await page.get_by_label("用户名").fill(person.account["username"])
        await page.get_by_label("密码").fill("not the right one")
        await page.get_by_role("button", name="登录").click()
        assert await page.get_by_role("alert").inner_text() == "用户名、密码或动态码不正确。"
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await page.get_by_label("动态码").fill(person.code())
        await page.get_by_role("button", name="登录").click()
        await page.wait_for_url(f"{site}/callback?**")
        assert await page.title() == "back"
        assert [text for text in refused if "Content Security Policy" in text] == []
        bought = await app.exchange(httpx.URL(page.url).params["code"])
        assert bought.status_code == 200
        await page.goto(str(httpx.URL(f"{site}/frame", params={"url": there})))
        assert await page.frames[1].get_by_role("button").count() == 0


async def test_a_person_gets_through_the_companys_provider_and_back(
    client: httpx.AsyncClient,
    admin: Headers,
    archive: Archive,
    wiring: Wiring,
    *,
    provider: Provider,
    page: Page,
    refused: list[str],
) -> None:
    wang = await employ(client, admin, archive, provider)
    async with serving_whole(build_app(wiring, {})) as gateway, serving(front_end_site()) as site:
        made = await register(client, admin, redirect_uris=["http://127.0.0.1/callback"])
        app = FrontEnd(client, made["id"], f"{site}/callback")
        there = str(httpx.URL(f"{gateway}/oauth/authorize", params=app.request()))
        await page.goto(there)
        await page.get_by_role("link", name="Acme Login").click()
        assert (await page.title(), page.url.startswith(f"{provider.issuer}/authorize?")) == ("Acme", True)
        await page.get_by_role("link", name="No").click()
        await page.wait_for_url(f"{site}/callback?**")
        assert (await page.title(), httpx.URL(page.url).params["error"]) == ("refused", "access_denied")
        await page.goto(there)
        await page.get_by_role("link", name="Acme Login").click()
        back = await page.get_by_role("link", name="Yes").get_attribute("href") or ""
        await assert_refused_elsewhere(page, back)
        await page.get_by_role("link", name="Yes").click()
        await page.wait_for_url(f"{site}/callback?**")
        answer = httpx.URL(page.url).params
        assert (await page.title(), answer["iss"], answer["state"]) == ("back", gateway, app.request()["state"])
        bought = (await app.exchange(answer["code"])).json()
        assert wiring.verifier.verify(bought["access_token"]).principal.subject == wang.account["id"]
        assert [text for text in refused if "Content Security Policy" in text] == []
        await page.goto(back)
        assert await page.get_by_role("alert").count() == 1  # it was good once


async def assert_refused_elsewhere(page: Page, back: str) -> None:
    """Let somebody else's browser come back with what was begun in this one."""
    assert page.context.browser is not None
    stranger = await page.context.browser.new_page(locale="zh-CN")
    await stranger.goto(back)
    assert await stranger.get_by_role("alert").count() == 1
    await stranger.close()
