"""`/v1/employees/{id}/records`, `/v1/records`: what stands in people's files."""

from collections import Counter
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.archive.api.deps import QueriesDep, WorkDep
from services.archive.api.entries import NewBatchRecord, NewRecord, RecordView
from services.archive.api.policy import POLICY
from services.archive.domain.record import RecordKind
from services.archive.usecases.delete_record import delete_record
from services.archive.usecases.file_records import Fate, file_records
from shared.core.access import Grant
from shared.kit.http import tombstones
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.batches import Tolerated, Wrong
from shared.kit.http.paging import SyncParams

router = new_router(tag="records")
ToRead = Annotated[Grant, POLICY.allow("records:read")]
ToWrite = Annotated[Grant, POLICY.allow("records:write")]
_PLACES = {"remote_id_taken": "/remote_id"}
"""Where a refusal of an item lies; all others lie with the employee."""


class RecordBatch(Body):
    items: Annotated[list[Tolerated[NewBatchRecord]], Field(min_length=1, max_length=1000)]


class FiledItem(View):
    index: int
    status: str
    record_id: UUID | None = None
    remote_id: str | None = None
    code: str | None = None
    pointer: str | None = None
    detail: str | None = None

    @classmethod
    def of_wrong(cls, item: Wrong, *, index: int) -> Self:
        first = item.violations[0]
        pointer = f"/items/{index}{first.pointer}"
        return cls(index=index, status="rejected", code=first.code, pointer=pointer, detail=first.detail)

    @classmethod
    def of(cls, fate: Fate, *, index: int, remote_id: str | None) -> Self:
        if fate.refusal is None:
            return cls(index=index, status=fate.status, remote_id=remote_id, record_id=fate.record and fate.record.id)
        code = fate.refusal.code
        return cls(
            index=index,
            status="rejected",
            remote_id=remote_id,
            code=code,
            pointer=f"/items/{index}{_PLACES.get(code, '/employee_id')}",
            detail=fate.refusal.detail,
        )


class FiledBatch(View):
    summary: dict[str, int]
    items: list[FiledItem]


@router.get("/employees/{employee_id}/records")
async def list_records(
    employee_id: UUID, grant: ToRead, queries: QueriesDep, page: SyncParams, kind: RecordKind | None = None
) -> tombstones.Listed[RecordView]:
    rows = await queries.records(employee_id, page, grant.reach, sight=POLICY.sight(grant.principal), kind=kind)
    return tombstones.listed(rows, RecordView.model_validate)


@router.post(
    "/employees/{employee_id}/records",
    status_code=201,
    responses={200: {"model": RecordView, "description": "a duplicate, or a correction, of a known remote id"}},
)
async def post_record(
    employee_id: UUID, body: NewRecord, response: Response, grant: ToWrite, work: WorkDep
) -> RecordView:
    [fate] = await file_records(work, [body.entry(employee_id)], grant=grant)
    if fate.refusal is not None:
        raise fate.refusal
    if fate.status != "accepted":
        response.status_code = 200
    return RecordView.model_validate(fate.record).as_seen(grant)


@router.post(
    "/records/batch",
    responses={207: {"model": FiledBatch, "description": "some items were rejected"}},
    response_model_exclude_none=True,
)
async def post_records(body: RecordBatch, response: Response, grant: ToWrite, work: WorkDep) -> FiledBatch:
    sound = [item for item in body.items if not isinstance(item, Wrong)]
    fates = iter(await file_records(work, [item.entry(item.employee_id) for item in sound], grant=grant))
    items = [
        FiledItem.of_wrong(item, index=index)
        if isinstance(item, Wrong)
        else FiledItem.of(next(fates), index=index, remote_id=item.remote_id)
        for index, item in enumerate(body.items)
    ]
    summary = Counter({"accepted": 0, "replaced": 0, "duplicate": 0, "rejected": 0})
    summary.update(item.status for item in items)
    if summary["rejected"]:
        response.status_code = 207
    return FiledBatch(summary=dict(summary), items=items)


@router.delete("/records/{record_id}", status_code=204)
async def delete_record_by_id(record_id: UUID, grant: ToWrite, work: WorkDep) -> None:
    await delete_record(work, record_id, grant=grant)
