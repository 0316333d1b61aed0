"""A front end that people log in through, and the browser they do it in."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import uuid4

import httpx

from services.gateway.domain.identity.authorization import challenge_of

CALLBACK = "https://people.example.com/callback?from=steelyard"
VERIFIER = "a-verifier-that-nobody-else-knows-0123456789"
_HIDDEN = re.compile(r'name="form" value="([^"]+)"')


async def register(client: httpx.AsyncClient, admin: dict[str, str], **fields: Any) -> dict[str, Any]:
    body = {"name": f"people-{uuid4()}", "public": True, "redirect_uris": [CALLBACK], **fields}
    made = await client.post("/v1/api-clients", json=body, headers=admin)
    assert made.status_code == 201, made.text
    registered: dict[str, Any] = made.json()
    return registered


@dataclass
class FrontEnd:
    """Asks for a code as a page in a browser does, and exchanges it."""

    browser: httpx.AsyncClient
    """Follows no redirect, and keeps cookies."""
    id: str
    redirect_uri: str = CALLBACK
    auth: tuple[str, str] | None = None
    """Of one that keeps a secret."""
    asked: dict[str, str] = field(default_factory=dict)

    def request(self, **changes: str | None) -> dict[str, str]:
        """Write the parameters of an authorization request; what is None is left out."""
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            "state": "what I was doing",
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    async def open(self, **changes: str | None) -> httpx.Response:
        return await self.browser.get("/oauth/authorize", params=self.request(**changes))

    async def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        return await self.browser.post("/oauth/authorize", data={"form": hidden(page), **fields})

    async def log_in(self, username: str, password: str, **changes: str | None) -> dict[str, str]:
        """Go through the page, and give what came back."""
        return answer_of(await self.submit(await self.open(**changes), username=username, password=password))

    async def exchange(self, shown: str, **changes: str | None) -> httpx.Response:
        parameters: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": shown,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
            "client_id": None if self.auth else self.id,
            **changes,
        }
        form = {name: value for name, value in parameters.items() if value is not None}
        if self.auth is None:
            return await self.browser.post("/oauth/token", data=form)
        return await self.browser.post("/oauth/token", data=form, auth=self.auth)

    async def refresh(self, token: str, **fields: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.id, **fields}
        return await self.browser.post("/oauth/token", data=form)


def hidden(page: httpx.Response) -> str:
    """Read what a page's form remembers."""
    found = _HIDDEN.search(page.text)
    assert found is not None, page.text
    return unescape(found[1])


def answer_of(response: httpx.Response) -> dict[str, str]:
    """Read what the browser is sent on with."""
    assert response.status_code == 303, response.text
    return dict(httpx.URL(response.headers["location"]).params)
