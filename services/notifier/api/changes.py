"""`/v1/changes`: everything that changed, to be followed from where one left off."""

import re
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from services.notifier.api.deps import QueriesDep
from services.notifier.api.policy import POLICY, READ_BY
from services.notifier.domain.change import ChangeType
from services.notifier.usecases.ports import ChangesAsked
from services.notifier.usecases.read_changes import read_changes
from shared.core.access import Grants
from shared.core.errors import Invalid
from shared.kit.http.app import View, new_router
from shared.kit.http.paging import CommaSeparated, decode_cursor, encode_cursor
from shared.kit.http.problems import refused_with

router = new_router(tag="changes")
MAX_LIMIT = 1_000
MAX_WAIT = 25
LATEST = "latest"
_CURSOR_KIND = "changes"
_PLACE = re.compile(r"[0-9]{1,18}")


class ChangeView(View):
    id: Annotated[UUID, Field(description="of a change that webhooks tell: the `webhook-id` of its deliveries")]
    type: str
    subject: str
    resource: Annotated[str, Field(description="the collection, such as `scorecards`")]
    resource_id: Annotated[UUID | None, Field(description="null where it stands for several")]
    employee_id: UUID | None
    department_id: Annotated[UUID | None, Field(description="neither of both: it is about the company")]
    sequence: Annotated[int, Field(description="of the resource after this change; 0 where it has none")]
    deleted: bool
    time: datetime
    url: Annotated[str, Field(description="where to read it, as far as one may")]


class ChangesView(View):
    data: list[ChangeView]
    next_cursor: Annotated[str, Field(description="never null: the feed has no end")]
    has_more: Annotated[bool, Field(description="whether to ask again at once; `data` may be empty all the same")]


async def _asked(
    grants: Annotated[Grants, POLICY.allow_any("changes:read", among=READ_BY.values())],
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 200,
    cursor: Annotated[
        str | None,
        Query(
            max_length=1024,
            description="`next_cursor` of the answer before; `latest` skips what is there; none begins with the oldest",
        ),
    ] = None,
    types: Annotated[
        list[ChangeType] | None, CommaSeparated, Query(max_length=50, description="only these, with commas or repeated")
    ] = (None),
) -> ChangesAsked:
    latest = cursor == LATEST
    after = None if cursor is None or latest else _position(cursor)
    reaches = {resource: grants.reaches[action] for resource, action in READ_BY.items()}
    return ChangesAsked(reaches, limit=limit, after=after, latest=latest, types=tuple(types or ()))


@router.get("/changes", responses=refused_with(410))
async def list_changes(
    asked: Annotated[ChangesAsked, Depends(_asked)],
    queries: QueriesDep,
    wait: Annotated[
        int, Query(ge=0, le=MAX_WAIT, description="seconds to wait for a change where there is none yet")
    ] = 0,
) -> ChangesView:
    """Give changes in the order in which they became visible; nobody who reads on misses any."""
    found = await read_changes(queries, asked, wait=timedelta(seconds=wait))
    rows = [ChangeView.model_validate(row) for row in found.rows]
    return ChangesView(data=rows, next_cursor=_cursor(found.position), has_more=found.has_more)


def _cursor(position: int) -> str:
    return encode_cursor((_CURSOR_KIND, str(position))) or ""


def _position(cursor: str) -> int:
    kind, _, place = "/".join(decode_cursor(cursor)).partition("/")
    if kind != _CURSOR_KIND or not _PLACE.fullmatch(place):
        raise Invalid.at("#/query/cursor", "cursor_invalid", "This cursor was not issued by this feed.")
    return int(place)
