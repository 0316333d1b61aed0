"""A service behind the gateway, reduced to what the gateway can see of it: a plain ASGI application."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Message, Receive, Scope, Send


@dataclass
class Upstream:
    """Answers by path (all else with 404) and remembers what it was asked."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    asked: list[Scope] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        self.bodies.append(await _whole(receive))
        status, body = self.answers.get(scope["path"], (404, {"code": "not_found"}))
        headers = [(b"content-type", b"application/json"), *self.headers]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": orjson.dumps(body)})

    def forget(self) -> None:
        for each in (self.answers, self.headers, self.asked, self.bodies):
            each.clear()

    def header(self, name: bytes) -> list[bytes]:
        """Give the values of a header of the last request."""
        return [value for key, value in self.asked[-1]["headers"] if key == name]


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the caller left in the middle of the body")
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
