"""`/v1/operations`: how far long work is, what came of it, and giving it up."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field

from shared.contracts.work import Work
from shared.core.operation import Operation, State, own_id, public_id
from shared.core.paging import Page, PageRequest, Row
from shared.kit.auth.policy import Policy
from shared.kit.http.app import View, new_router
from shared.kit.http.caller import caller_of
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.route import queries_of, work_of

_PREFERENCE = "respond-async"


@dataclass(frozen=True, slots=True)
class LongWork:
    """The operations of one service: its name, its policy, and the action by which each kind is begun."""

    service: str
    policy: Policy
    actions: Mapping[str, str]
    about: str
    """Which those are, for readers of the description."""

    def kinds_for(self, request: Request) -> frozenset[str]:
        """Name the kinds that the caller may begin, and so may follow and give up."""
        caller = caller_of(request)
        return frozenset(kind for kind, action in self.actions.items() if self.policy.reach(caller, action).everything)


class FailureView(View):
    code: str
    detail: str


class OperationView(View):
    id: str
    kind: str
    state: State
    done: Annotated[int, Field(description="steps made")]
    total: Annotated[int | None, Field(description="of how many; null until that is known")]
    percent: int | None
    cancel_requested: bool
    result_url: Annotated[str | None, Field(description="what it made, once it has succeeded")]
    problem: Annotated[FailureView | None, Field(description="why it failed")]
    created_by: str
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of_row(cls, row: Row, *, service: str) -> "OperationView":
        total = row["total"]
        shown = {
            "id": public_id(service, row["id"]),
            "percent": min(100 * row["done"] // total, 100) if total else None,
            "result_url": row["result"],
        }
        return cls.model_validate({**row, **shown})


async def _long_work(request: Request) -> LongWork:
    found: LongWork = request.app.state.long_work
    return found


async def _kinds(request: Request, long_work: Annotated[LongWork, Depends(_long_work)]) -> frozenset[str]:
    return long_work.kinds_for(request)


async def _own(operation_id: str, long_work: Annotated[LongWork, Depends(_long_work)]) -> UUID:
    return own_id(long_work.service, operation_id)


class Queries(Protocol):
    """What the queries of a service with long work have besides."""

    async def operations(self, page: PageRequest, kinds: Collection[str]) -> Page: ...

    async def operation(self, operation_id: UUID, kinds: Collection[str]) -> Row: ...


QueriesDep = Annotated[Queries, Depends(queries_of)]
LongWorkDep = Annotated[LongWork, Depends(_long_work)]
KindsDep = Annotated[frozenset[str], Depends(_kinds)]
OwnId = Annotated[UUID, Depends(_own)]


def operations_router(long_work: LongWork) -> APIRouter:
    """Make the routes; the application finds `long_work` in its state."""
    router = new_router(tag="operations")
    for path, endpoint, method, action, description in (
        ("/operations", list_operations, "GET", "operations:read", f"{list_operations.__doc__} {long_work.about}"),
        ("/operations/{operation_id}", get_operation, "GET", "operations:read", None),
        ("/operations/{operation_id}/cancel", post_operation_cancel, "POST", "operations:cancel", None),
    ):
        asked = long_work.policy.allow_any(action, among=long_work.actions.values())
        router.add_api_route(path, endpoint, methods=[method], dependencies=[asked], description=description)
    return router


async def list_operations(
    long_work: LongWorkDep, kinds: KindsDep, queries: QueriesDep, page: UpdatedParams
) -> Listed[OperationView]:
    """List what is or was worked on for the last 30 days, newest first."""
    rows = await queries.operations(page, kinds)
    return listed(rows, lambda row: OperationView.of_row(row, service=long_work.service))


async def get_operation(own: OwnId, long_work: LongWorkDep, kinds: KindsDep, queries: QueriesDep) -> OperationView:
    return OperationView.of_row(await queries.operation(own, kinds), service=long_work.service)


async def post_operation_cancel(
    own: OwnId, long_work: LongWorkDep, kinds: KindsDep, work: Annotated[Work[Any], Depends(work_of)]
) -> OperationView:
    """End what has not begun; what has begun ends after the step in hand. Once more changes nothing."""
    async with work() as uow:
        operation = await uow.operations.cancel(own, kinds=kinds, at=uow.now())
        await uow.commit()
    return OperationView.of_row(asdict(operation), service=long_work.service)


async def _prefers_async(
    prefer: Annotated[
        str | None, Header(description="`respond-async`: do not wait for the end, but answer 202 and an operation")
    ] = None,
) -> bool:
    return prefer is not None and _PREFERENCE in {part.strip().lower() for part in prefer.split(",")}


PreferAsync = Annotated[bool, Depends(_prefers_async)]
"""Whether the caller would rather follow an operation than wait (RFC 7240)."""
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": OperationView, "description": "It has begun; `Location` says where to follow it"}
}


def accepted(operation: Operation, *, service: str) -> Response:
    """Answer that something has begun."""
    view = OperationView.of_row(asdict(operation), service=service)
    headers = {"Location": f"/v1/operations/{view.id}", "Preference-Applied": _PREFERENCE}
    return Response(view.model_dump_json(), 202, headers=headers, media_type="application/json")
