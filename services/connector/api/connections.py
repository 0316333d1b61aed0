"""`/v1/connections`: the business systems, and what has arrived from each."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.connector.api.deps import QueriesDep, WorkDep
from services.connector.api.fields import Key
from services.connector.api.policy import POLICY
from services.connector.domain.connection import ConnectionKind
from services.connector.usecases.change_connection import change_connection
from services.connector.usecases.create_connection import create_connection
from shared.core.errors import placed
from shared.core.paging import Row
from shared.core.periods import Period
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="connections")
Name = Annotated[str, Field(min_length=1, max_length=200)]
Hours = Annotated[int, Field(ge=1, le=10_000)]


class NewConnection(Body):
    key: Key
    name: Name
    stale_after_hours: Hours | None = None


class ConnectionPatch(Body):
    name: Name = OMITTED
    stale_after_hours: Hours | None = None


class ConnectionView(View):
    id: UUID
    key: str
    name: str
    kind: ConnectionKind
    stale_after_hours: int | None
    last_received_at: datetime | None
    stale_since: datetime | None
    created_at: datetime
    updated_at: datetime
    sequence: int


class TotalView(View):
    count: int
    sum: Number


class MeasureTotals(View):
    """A measure's days: `received` is counted + quarantined + dismissed, each observation in its newest revision."""

    measure: str
    received: TotalView
    counted: TotalView
    quarantined: TotalView
    dismissed: TotalView
    retracted: TotalView
    duplicates: int
    corrections: int
    ignored: int
    complete_through: date | None
    ended: bool
    """Whether the source has said that nothing comes of later days either."""

    @classmethod
    def of_row(cls, row: Row) -> Self:
        totals = {
            status: TotalView(count=row[f"{status}_count"], sum=row[f"{status}_sum"])
            for status in ("counted", "quarantined", "dismissed", "retracted")
        }
        taken = [totals[status] for status in ("counted", "quarantined", "dismissed")]
        received = TotalView(count=sum(t.count for t in taken), sum=sum((t.sum for t in taken), Decimal(0)))
        return cls.model_validate({**row, **totals, "received": received})


class ConnectionTotals(View):
    data: list[MeasureTotals]


@router.get("/connections", dependencies=[POLICY.allow("connections:read")])
async def list_connections(queries: QueriesDep, page: SyncParams) -> Listed[ConnectionView]:
    return listed(await queries.connections(page), ConnectionView.model_validate)


@router.get("/connections/{connection_id}", dependencies=[POLICY.allow("connections:read")])
async def get_connection(connection_id: UUID, response: Response, queries: QueriesDep) -> ConnectionView:
    row = await queries.connection(connection_id)
    return tagged(response, ConnectionView.model_validate(row))


@router.post("/connections", status_code=201, dependencies=[POLICY.allow("connections:write")])
async def post_connection(body: NewConnection, response: Response, work: WorkDep) -> ConnectionView:
    connection = await create_connection(work, key=body.key, name=body.name, stale_after_hours=body.stale_after_hours)
    return tagged(response, ConnectionView.model_validate(connection))


@router.patch("/connections/{connection_id}", dependencies=[POLICY.allow("connections:write")])
async def patch_connection(
    connection_id: UUID, body: ConnectionPatch, response: Response, work: WorkDep, expected: ExpectedVersion
) -> ConnectionView:
    changes = body.model_dump(exclude_unset=True)
    changed = await change_connection(work, connection_id, changes, expected=expected)
    return tagged(response, ConnectionView.model_validate(changed))


@router.get("/connections/{connection_id}/totals", dependencies=[POLICY.allow("connections:read")])
async def get_connection_totals(
    connection_id: UUID, starts_on: date, ends_on: date, queries: QueriesDep
) -> ConnectionTotals:
    """Sum up the business days `[starts_on, ends_on)` of each measure."""
    with placed("#/query/ends_on"):
        period = Period(starts_on, ends_on)
    return ConnectionTotals(data=[MeasureTotals.of_row(row) for row in await queries.totals(connection_id, period)])
