"""One call to a service, whatever stands behind it: its application in memory, or a client of its process."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Scope, Send

from services.gateway.clients.headers import passing
from shared.core.errors import Unavailable
from shared.kit.http.audited import CLIENT_ADDRESS
from shared.kit.http.origin import ORIGIN, origin_in
from shared.kit.telemetry import current_traceparent

Upstreams = Mapping[str, ASGIApp]
"""The application behind each service's name."""
READY_SECONDS = 2.0
"""Who asks whether we are ready soon asks again; a service that hangs is not ready."""


@dataclass
class Answer:
    """A whole answer, held in memory."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401 -- whatever the service says
        return orjson.loads(self.body)

    async def send(self, send: Send) -> None:
        """Give it to the caller as it is."""
        length = (b"content-length", str(len(self.body)).encode())
        headers = [pair for pair in passing(self.headers) if pair[0] != b"content-length"]
        await send({"type": "http.response.start", "status": self.status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": self.body})

    async def take(self, message: Message) -> None:
        """Be the `send` of the application that answers."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def handed_over(scope: Scope) -> Scope:
    """Describe a request to the next service: the same, but for headers that must not pass or are ours to set."""
    address = scope["client"][0] if scope.get("client") else None
    ours = [
        (b"x-request-id", scope.get("steelyard.request_id")),
        (b"traceparent", current_traceparent()),
        (CLIENT_ADDRESS, address),
        (ORIGIN, origin_in(scope)),
    ]
    kept = ("type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string", "client", "server")
    return {
        **{name: scope[name] for name in kept if name in scope},
        "root_path": "",
        "headers": [*passing(scope["headers"]), *((name, value.encode()) for name, value in ours if value)],
    }


def inquiry(path: str) -> Scope:
    """Describe a question of the gateway itself, on nobody's behalf."""
    return handed_over(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [],
        },
    )


async def ask(app: ASGIApp, scope: Scope) -> Answer:
    """Ask something that needs no body, and wait for the whole answer."""
    answer = Answer()
    coming: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return coming.pop() if coming else await asyncio.Future()  # we never leave before the answer is whole

    await app(scope, receive, answer.take)
    return answer


async def require_ready(upstreams: Upstreams) -> None:
    """Raise Unavailable naming a service that does not say it is ready (`service_not_ready`) or anything at all."""
    async with asyncio.timeout(READY_SECONDS):
        asked = (_require_ready(service, app) for service, app in upstreams.items())
        failures = await asyncio.gather(*asked, return_exceptions=True)
    for failure in filter(None, failures):
        raise failure


async def _require_ready(service: str, app: ASGIApp) -> None:
    answer = await ask(app, inquiry("/readyz"))
    if answer.status != HTTPStatus.OK:
        raise Unavailable("service_not_ready", f"The service {service} is not ready.")
