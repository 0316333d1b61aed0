"""Lists over HTTP: `limit`, an opaque `cursor`, what changed since, what is gone; answers are `{data, next_cursor}`."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel, BeforeValidator

from shared.core.errors import Invalid
from shared.core.paging import Page, PageRequest, Row
from shared.kit.http.days import Instant

Item = TypeVar("Item", bound=BaseModel)
MAX_LIMIT = 200


class Listed(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last."""

    data: list[Item]
    next_cursor: str | None = None


def listed(page: Page, item: Callable[[Row], Item]) -> Listed[Any]:
    """Turn a page of rows into an answer."""
    return Listed(data=[item(row) for row in page.rows], next_cursor=encode_cursor(page.next_after))


def encode_cursor(after: tuple[str, ...] | None) -> str | None:
    if after is None:
        return None
    return base64.urlsafe_b64encode(orjson.dumps(after)).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[str, ...]:
    """Undo `encode_cursor`. Raises Invalid (`cursor_invalid`)."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
        raise Invalid.at("#/query/cursor", "cursor_invalid", "This cursor was not issued by a list of this API.")
    return tuple(parts)


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query(max_length=1024, description="`next_cursor` of the page before")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=decode_cursor(cursor) if cursor is not None else None)


PageParams = Annotated[PageRequest, Depends(_page_request)]
"""Of every list."""


async def _whole_request(
    page: PageParams,
    updated_after: Annotated[
        Instant | None, Query(deprecated=True, description="without effect: the list is read whole")
    ] = None,
) -> PageRequest:
    del updated_after
    return page


WholeParams = Annotated[PageRequest, Depends(_whole_request)]
"""Of a list whose rows do not say when they changed, and which was described as if they did."""


async def _updated_request(
    page: PageParams,
    updated_after: Annotated[
        Instant | None, Query(description="only what changed after this instant, by its `updated_at`")
    ] = None,
) -> PageRequest:
    return replace(page, updated_after=updated_after)


UpdatedParams = Annotated[PageRequest, Depends(_updated_request)]
"""Of a list of which somebody may keep what is new."""


async def _synced_request(
    page: UpdatedParams,
    *,
    include_deleted: Annotated[
        bool, Query(description="also what is gone: `{id, deleted: true, updated_at}` in its place")
    ] = False,
) -> PageRequest:
    return replace(page, include_deleted=include_deleted)


SyncParams = Annotated[PageRequest, Depends(_synced_request)]
"""Of a list of which others keep a copy. What is never deleted accepts `include_deleted` all the same."""


def _split(value: object) -> object:
    """Read `a,b` like `a` and `b` given one after the other."""
    return [part for each in value for part in str(each).split(",")] if isinstance(value, list) else value


CommaSeparated = BeforeValidator(_split)
"""Marks a list in a query that may be repeated or written with commas."""
