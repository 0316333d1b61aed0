"""Reads the bodies of batches: what nearly every item looks like, quickly, and all else by the whole schema.

An item is read here only where the schema of `observation_items` would read the same from it; wherever there is the
slightest doubt it is left to that schema, which also says what is wrong, where, and in which words.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from fastapi import Request, Response
from msgspec import Meta, Struct

from services.connector.api.observation_items import Received
from services.connector.domain.identity import Reference
from services.connector.domain.observation import Arrival
from services.connector.domain.statement import Share, Statement
from shared.core.currencies import CURRENCIES
from shared.kit.http.route import Route

_YEAR = "(19[1-9][0-9]|20[0-9]{2})"
_is_number = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?").fullmatch
_is_measure = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*").fullmatch
_is_day = re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}").fullmatch
_is_instant = re.compile(
    rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(Z|[+-][0-9]{{2}}:[0-9]{{2}})"
).fullmatch
_remembering = lru_cache(maxsize=1 << 14)
"""The same words come again and again; what is unusual raises, and is not remembered."""
_Text = Annotated[str, Meta(min_length=1, max_length=200)]
_Word = Annotated[str, Meta(min_length=1, max_length=100)]
_Revision = Annotated[int, Meta(ge=0, lt=2**53)]


class _Employee(Struct, forbid_unknown_fields=True, gc=False):
    ref: _Text


class _Item(Struct, forbid_unknown_fields=True, gc=False):
    """A statement about one employee, by a reference of the source.

    Text is held to its form afterwards: a pattern here would be looked for once an item, and that takes longer than
    all the rest.
    """

    id: _Text
    measure: _Word
    value: str
    occurred_at: str
    employee: _Employee
    revision: _Revision = 0
    currency: str | None = None
    credit_date: str | None = None
    cohort_date: str | None = None
    dimensions: Annotated[dict[_Word, _Text], Meta(max_length=20)] = {}


class _Batch(Struct, forbid_unknown_fields=True):
    source: str
    items: list[msgspec.Raw]


_read_batch = msgspec.json.Decoder(_Batch).decode
_read_item = msgspec.json.Decoder(_Item).decode
_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class _BatchRequest(Request):
    async def json(self) -> Any:  # noqa: ANN401 -- whatever the body says
        """Give the body as JSON, in which items that were read already stand as such."""
        try:
            return read_batch(await self.body())
        except _UNREADABLE:
            return await super().json()


class BatchRoute(Route):
    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Let FastAPI see bodies through `_BatchRequest`."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await handle(_BatchRequest(request.scope, request.receive))

        return handler


def read_batch(body: bytes) -> Mapping[str, object]:
    """Give a batch whose items are each `Received`, or what their JSON says; raises where it is no such thing."""
    batch = _read_batch(body)
    return {"source": batch.source, "items": [_received(raw) for raw in batch.items]}


def _received(raw: msgspec.Raw) -> object:
    sent = bytes(raw)
    try:
        item = _read_item(sent)
        arrival = Arrival(_trimmed(item.id), item.revision, _statement(item), payload=sent.decode())
    except (msgspec.DecodeError, ValueError):  # a ValueError is anything that looks unusual, or a day that is none
        return json.loads(sent)
    return Received(item.id, arrival)


def _statement(item: _Item) -> Statement:
    """Give what an item states; raises ValueError wherever it takes a closer look to tell."""
    if not (_is_number(item.value) and _is_instant(item.occurred_at)):
        raise ValueError
    for name, value in item.dimensions.items():
        _trimmed_word(name)
        _trimmed_word(value)
    return Statement(
        _measure(item.measure),
        Decimal(item.value),
        datetime.fromisoformat(item.occurred_at),
        _whole_share_of(item.employee.ref),
        _day(item.credit_date),
        _currency(item.currency),
        _day(item.cohort_date),
        item.dimensions,
    )


def _trimmed(text: str) -> str:
    """Raise ValueError where the schema might take something off the ends."""
    if text.strip() != text:
        raise ValueError
    return text


_trimmed_word = _remembering(_trimmed)


@_remembering
def _measure(text: str) -> str:
    if not _is_measure(text):
        raise ValueError
    return text


@_remembering
def _currency(text: str | None) -> str | None:
    if text is not None and text not in CURRENCIES:
        raise ValueError
    return text


@_remembering
def _day(text: str | None) -> date | None:
    if text is None:
        return None
    if not _is_day(text):
        raise ValueError
    return date.fromisoformat(text)


@_remembering
def _whole_share_of(reference: str) -> tuple[Share]:
    return (Share(Reference("employee_ref", _trimmed(reference), "/employee/ref")),)
