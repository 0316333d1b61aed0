"""Lists over HTTP: `limit`, an opaque `cursor`, `updated_after`; answers are `{data, next_cursor}`."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel

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
    updated_after: Annotated[Instant | None, Query(description="only what changed after this instant")] = None,
) -> PageRequest:
    after = decode_cursor(cursor) if cursor is not None else None
    instant: datetime | None = updated_after
    return PageRequest(limit=limit, after=after, updated_after=instant)


PageParams = Annotated[PageRequest, Depends(_page_request)]
