"""Lists that show what is gone to who asks; called like any other list, for clients are generated from the names."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from shared.core.paging import Page, Row
from shared.kit.http.paging import encode_cursor

Item = TypeVar("Item", bound=BaseModel)


class Tombstone(BaseModel):
    """Stands for a row that is gone."""

    id: UUID
    deleted: Literal[True] = True
    updated_at: Annotated[datetime, Field(description="when it went")]


class Listed(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last."""

    data: list[Item | Tombstone]
    next_cursor: str | None = None


def listed(page: Page, item: Callable[[Row], Item]) -> Listed[Any]:
    """Turn a page of rows, some of them gone, into an answer."""
    rows = [_tombstone(row) if row["deleted"] else item(row) for row in page.rows]
    return Listed(data=rows, next_cursor=encode_cursor(page.next_after))


def _tombstone(row: Row) -> Tombstone:
    return Tombstone(id=row["id"], updated_at=row["updated_at"])
