"""How the secret is shown to a provider: as that says it takes it, and not at all where it takes none."""

from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest

from services.gateway.config import Settings
from services.gateway.wiring import Wiring, wire
from tests.factories.front_end import answer_of
from tests.factories.installation import Installation
from tests.factories.oidc_provider import CLIENT_ID, Provider, running_provider
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.federated import PATH, WAY, Employee, employ, trust
from tests.integration.gateway.test_accounts import Headers

pytestmark = pytest.mark.anyio
WAYS = "token_endpoint_auth_methods_supported"
BASIC, POST = "client_secret_basic", "client_secret_post"


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


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ({}, "basic"),
        ({WAYS: None}, "basic"),
        ({WAYS: []}, "basic"),
        ({WAYS: BASIC}, "basic"),
        ({WAYS: {POST: True}}, "basic"),
        ({WAYS: [BASIC]}, "basic"),
        ({WAYS: [POST]}, "post"),
        ({WAYS: [POST, BASIC]}, "basic"),
        ({WAYS: ["private_key_jwt", POST]}, "post"),
        ({WAYS: [7, None, {}, [BASIC], POST]}, "post"),
    ],
    ids=str,
)
async def test_the_secret_is_shown_in_one_way_that_the_provider_takes(
    wang: Employee, provider: Provider, said: dict[str, Any], way: str
) -> None:
    provider.description = said
    assert answer_of(await wang.log_in())["code"]
    assert provider.shown_secret == [way]


@pytest.mark.parametrize("ways", [["private_key_jwt"], ["none"], ["tls_client_auth", "client_secret_jwt"], [7], [None]])
async def test_a_provider_that_takes_no_secret_is_gone_to_by_nobody(
    wang: Employee, provider: Provider, ways: list[object]
) -> None:
    provider.description = {WAYS: ways}
    page = await wang.app.open()
    refused = await wang.app.browser.get(unescape(WAY.findall(page.text)[0]))
    assert (refused.status_code, "location" in refused.headers) == (400, False)


async def test_without_a_secret_it_does_not_matter_how_one_would_be_shown(
    client: httpx.AsyncClient, admin: Headers, wang: Employee, provider: Provider
) -> None:
    assert (await client.delete(PATH, headers=admin)).status_code == 204
    await trust(client, admin, provider, client_secret=None)
    provider.description = {WAYS: ["private_key_jwt"]}
    assert (await wang.log_in()).status_code == 400  # this one knows us by our secret alone
    assert (provider.shown_secret, provider.asked["client_id"]) == ([], CLIENT_ID)
