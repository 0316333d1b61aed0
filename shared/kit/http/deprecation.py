"""Operations that will go: marked where they are declared, said in the document and on every answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from starlette.types import Message, Send

from shared.kit.http.headers import Header, deprecation_headers

_MARK = "steelyard_deprecation"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Deprecation:
    since: datetime
    sunset: datetime | None
    """From when on it may answer no longer."""
    successor: str | None
    """Path of what to use instead."""

    def __post_init__(self) -> None:
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError("nothing goes before it is deprecated")

    def headers(self) -> list[Header]:
        return deprecation_headers(since=self.since, sunset=self.sunset, successor=self.successor)


def deprecated(
    since: datetime, *, sunset: datetime | None = None, successor: str | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Mark an operation, below its route's decorator."""
    deprecation = Deprecation(since, sunset, successor)

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, deprecation)
        return endpoint

    return mark


def deprecation_of(endpoint: Callable[..., Any]) -> Deprecation | None:
    found: Deprecation | None = getattr(endpoint, _MARK, None)
    return found


def announcing(deprecation: Deprecation, send: Send) -> Send:
    """Add the headers to whatever is answered."""
    headers = deprecation.headers()

    async def announce(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *headers]}
        await send(message)

    return announce
