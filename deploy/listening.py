"""`steelyard listen`: a sandbox's webhooks on a developer's machine, which no network reaches from outside."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from deploy.errors import DeployError
from services.notifier.clients.webhook import HEADERS
from services.notifier.domain.endpoint import LISTENER

SECONDS = 1.0
"""How often it asks for more."""
_PATIENCE = 15.0
"""What a receiver gets to answer, as from the real sender."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One event: what came, whether its signature is right, and what the receiver it was forwarded to said."""

    event: Mapping[str, Any]
    verified: bool
    answer: str

    def line(self) -> str:
        seal = "verified" if self.verified else "NOT VERIFIED"
        return f"{self.event['type']:<20} {self.event['subject']:<50} {self.event['id']} {seal} {self.answer}".rstrip()


class Listener:
    """A webhook of its own, as long as it is `open`."""

    def __init__(self, api: httpx.Client, hook: Mapping[str, Any], *, forward_to: str | None) -> None:
        self._api = api
        self._id: str = hook["id"]
        self._forward_to = forward_to
        self.secret: str = hook["secret"]

    def hear(self) -> Iterator[Heard]:
        """Give what has come since it was asked last."""
        path = f"/v1/webhooks/{self._id}/deliveries/fetch"
        for each in _answered(self._api.post(path, json={"limit": 50}))["data"]:
            yield self._heard(each["headers"], each["body"])

    def _heard(self, signed: Mapping[str, str], body: str) -> Heard:
        event: Mapping[str, Any] = httpx.Response(HTTPStatus.OK, content=body.encode()).json()
        return Heard(event, self._is_verified(signed, body), self._forwarded(signed, body))

    def _is_verified(self, signed: Mapping[str, str], body: str) -> bool:
        try:
            Webhook(self.secret).verify(body, dict(signed))
        except WebhookVerificationError:
            return False
        return True

    def _forwarded(self, signed: Mapping[str, str], body: str) -> str:
        """Post it as the real sender does: the same bytes, the same headers."""
        if self._forward_to is None:
            return ""
        try:
            answer = httpx.post(
                self._forward_to, content=body.encode(), headers={**HEADERS, **signed}, timeout=_PATIENCE
            )
        except httpx.HTTPError as error:
            return f"→ {type(error).__name__}"
        return f"→ {answer.status_code}"


@contextmanager
def listening(url: str, token: str, *, types: Sequence[str], forward_to: str | None) -> Iterator[Listener]:
    """Register a listener, and remove it afterwards. Raises DeployError where the API refuses."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        wanted = {"url": LISTENER, "event_types": list(types), "description": "steelyard listen"}
        hook = _answered(api.post("/v1/webhooks", json=wanted))
        try:
            yield Listener(api, hook, forward_to=forward_to)
        finally:
            api.delete(f"/v1/webhooks/{hook['id']}")


def run(url: str, token: str, *, types: Sequence[str], forward_to: str | None) -> None:
    """Print what comes until Ctrl-C."""
    try:
        with listening(url, token, types=types, forward_to=forward_to) as listener:
            print(f"Listening; the secret is {listener.secret}", flush=True)
            while True:
                for heard in listener.hear():
                    print(heard.line(), flush=True)
                time.sleep(SECONDS)
    except KeyboardInterrupt:
        print("The listener is removed.")
    except httpx.HTTPError as error:
        raise DeployError(f"{url} does not answer ({type(error).__name__}).") from None


def _answered(response: httpx.Response) -> Any:  # noqa: ANN401 -- whatever the API says
    if response.is_success:
        return response.json()
    said = response.json() if response.headers.get("content-type", "").endswith("json") else {}
    raise DeployError(f"{response.status_code} {said.get('code', '')}: {said.get('detail', 'refused')}")
