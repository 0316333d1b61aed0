"""Reads the bodies of batches: what nearly every item looks like, quickly, and all else by the whole schema.

An item is read here only where the schema of `observation_items` would read the same from it; wherever there is the
slightest doubt it is left to that schema, which also says what is wrong, where, and in which words.
"""

import json
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
from shared.kit.http.route import Route

_TRIMMED = r"(?s)^\S(.*\S)?\Z"
_YEAR = "(19[1-9][0-9]|20[0-9]{2})"
_Text = Annotated[str, Meta(max_length=200, pattern=_TRIMMED)]
_Word = Annotated[str, Meta(max_length=100, pattern=_TRIMMED)]
_Measure = Annotated[str, Meta(max_length=100, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")]
_Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
_Number = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,10})?\Z")]
_Day = Annotated[str, Meta(pattern=rf"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}\Z")]
_Instant = Annotated[
    str,
    Meta(pattern=rf"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(Z|[+-][0-9]{{2}}:[0-9]{{2}})\Z"),
]
_Revision = Annotated[int, Meta(ge=0, lt=2**53)]


class _Employee(Struct, forbid_unknown_fields=True, gc=False):
    ref: _Text


class _Item(Struct, forbid_unknown_fields=True, gc=False):
    """A statement about one employee, by a reference of the source; tighter everywhere than the whole schema."""

    id: _Text
    measure: _Measure
    value: _Number
    occurred_at: _Instant
    employee: _Employee
    revision: _Revision = 0
    currency: _Currency | None = None
    credit_date: _Day | None = None
    cohort_date: _Day | None = None
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
        statement = _statement(item)
    except (msgspec.DecodeError, ValueError):  # a ValueError is a day or an hour that is none
        return json.loads(sent)
    return Received(item.id, Arrival(item.id, item.revision, statement, payload=sent.decode()))


def _statement(item: _Item) -> Statement:
    return Statement(
        measure=item.measure,
        value=Decimal(item.value),
        occurred_at=datetime.fromisoformat(item.occurred_at),
        shares=_whole_share_of(item.employee.ref),
        credit_date=_day(item.credit_date),
        currency=item.currency,
        cohort_date=_day(item.cohort_date),
        dimensions=item.dimensions,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@lru_cache(maxsize=1 << 14)
def _whole_share_of(reference: str) -> tuple[Share]:
    """Remember people: the same come again and again."""
    return (Share(Reference("employee_ref", reference, "/employee/ref")),)
