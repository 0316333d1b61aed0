"""A company that trusts an OIDC provider, and somebody whom that knows."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import httpx

from tests.factories.front_end import FrontEnd, register
from tests.factories.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.factories.organisation import make_employee
from tests.integration.gateway.conftest import Archive
from tests.integration.gateway.test_accounts import Headers, create

WAY = re.compile(r'href="(/oauth/provider\?[^"]+)"')
PATH = "/v1/tenant/identity-provider"


async def trust(client: httpx.AsyncClient, admin: Headers, provider: Provider, **fields: Any) -> dict[str, Any]:
    body = {
        "name": "Acme Login",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "claim": "employee_number",
        "attribute": "work_number",
        **fields,
    }
    taken = await client.put(PATH, json=body, headers=admin)
    assert taken.status_code == 200, taken.text
    said: dict[str, Any] = taken.json()
    return said


class Employee:
    """Somebody in the archive with an account, whom the provider knows."""

    def __init__(self, app: FrontEnd, provider: Provider, account: dict[str, Any]) -> None:
        self.app, self.provider, self.account = app, provider, account

    async def back_from_provider(self, **changes: str) -> str:
        """Go to the provider and give the address to which it sends the browser back."""
        page = await self.app.open()
        found = WAY.search(page.text)
        assert found is not None, page.text
        sent = await self.app.browser.get(unescape(found[1]))
        assert sent.status_code == 303, sent.text
        async with httpx.AsyncClient() as outside:
            back = await outside.get(sent.headers["location"])
        return str(httpx.URL(back.headers["location"]).copy_merge_params(changes))

    async def log_in(self) -> httpx.Response:
        return await self.app.browser.get(await self.back_from_provider())


async def employ(client: httpx.AsyncClient, admin: Headers, archive: Archive, provider: Provider) -> Employee:
    """Give somebody an account, whom the provider that the company trusts knows by work number."""
    person = make_employee()
    await archive.tells(person)
    account = await create(client, admin, f"wang-{uuid4()}", roles=["hr"], employee_id=str(person.employee_id))
    provider.person = {"sub": str(uuid4()), "employee_number": person.work_number}
    await trust(client, admin, provider)
    return Employee(FrontEnd(client, (await register(client, admin))["id"]), provider, account)
