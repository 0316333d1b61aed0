"""`/v1/observations`: batches in, one fate an item; and what became of each."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Annotated, Any, get_args
from uuid import UUID

import orjson
from fastapi import Response
from pydantic import Field

from services.connector.api.deps import QueriesDep, WorkDep
from services.connector.api.fields import Key
from services.connector.api.observation_items import ReceivedItem
from services.connector.api.observation_reading import BatchRoute
from services.connector.api.policy import POLICY
from services.connector.domain.observation import Arrival, Fate, FateStatus, Status
from services.connector.usecases.record_observations import record_observations
from shared.core.access import Grant
from shared.core.errors import TooLarge
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, SyncParams, listed

router = new_router(tag="observations")
router.route_class = BatchRoute
ToRead = Annotated[Grant, POLICY.allow("observations:read")]
MAX_ITEMS = 1000


class ObservationBatch(Body):
    source: Key
    items: list[ReceivedItem] = Field(min_length=1, json_schema_extra={"maxItems": MAX_ITEMS})


class ItemAnswer(View):
    index: int
    id: str | None = None
    status: FateStatus
    observation_id: UUID | None = None
    employee_id: UUID | None = None
    late: bool | None = None
    code: str | None = None
    pointer: str | None = None
    detail: str | None = None
    retryable: bool | None = None


class BatchAnswer(View):
    batch_id: UUID
    summary: dict[FateStatus, int]
    items: list[ItemAnswer]


class CreditView(View):
    """One share; of a split observation only those of people and departments that the caller may see are listed."""

    reference_kind: str
    reference: str
    share: Number
    value: Number
    subject_kind: str | None
    subject_id: UUID | None
    problem: str | None


class ObservationView(View):
    id: UUID
    source: str
    connection_id: UUID
    remote_id: str
    revision: int
    decision: int
    status: Status
    measure: str | None
    value: Number | None
    currency: str | None
    occurred_at: datetime | None
    credit_date: date | None
    cohort_date: date | None
    dimensions: dict[str, str]
    credits: list[CreditView]
    late: bool
    received_at: datetime
    updated_at: datetime
    dismissed_by: str | None
    dismissal_reason: str | None


class PastView(View):
    """A state that no longer holds, since the decision after it."""

    decision: int
    revision: int
    status: Status
    payload: dict[str, Any] | None
    decided_at: datetime


class WholeObservationView(ObservationView):
    payload: dict[str, Any] | None
    """The newest message as it was sent; null, as in `history`, for who may not see everybody whom it could name."""
    history: list[PastView]


@router.post(
    "/observations",
    dependencies=[POLICY.allow("observations:write")],
    responses={
        200: {"model": BatchAnswer, "description": "All items met the same good fate"},
        207: {"model": BatchAnswer, "description": "The items' fates differ, or some were not taken"},
    },
)
async def post_observations(body: ObservationBatch, work: WorkDep) -> Response:
    """Each item is decided by itself; the same again is a duplicate, which is a success."""
    if len(body.items) > MAX_ITEMS:
        raise TooLarge("batch_too_large", f"A batch may have at most {MAX_ITEMS} items.")
    results = [item.result for item in body.items]
    batch = await record_observations(work, body.source, [each for each in results if isinstance(each, Arrival)])
    decided = iter(batch.fates)
    fates = [next(decided) if isinstance(each, Arrival) else Fate("rejected", violation=each) for each in results]
    return _answer(batch.id, [item.remote_id for item in body.items], fates)


def _answer(batch_id: UUID, remote_ids: Sequence[str | None], fates: Sequence[Fate]) -> Response:
    """Write a `BatchAnswer`, of which nothing has to be checked any more."""
    counts = Counter(fate.status for fate in fates)
    answer = {
        "batch_id": batch_id,
        "summary": dict.fromkeys(get_args(FateStatus), 0) | counts,
        "items": list(map(_item, count(), remote_ids, fates)),
    }
    all_well = len(counts) == 1 and fates[0].status not in {"quarantined", "rejected"}
    written = orjson.dumps(answer, default=str)  # the driver has a UUID of its own
    return Response(written, 200 if all_well else 207, media_type="application/json")


def _item(index: int, remote_id: str | None, fate: Fate) -> dict[str, object]:
    """Leave out what an item has nothing to say of."""
    observation, violation = fate.observation, fate.violation
    item: dict[str, object] = {"index": index, "status": fate.status}
    if remote_id is not None:
        item = {"index": index, "id": remote_id, "status": fate.status}
    if observation is not None:
        item["observation_id"] = observation.id
        if employee_id := observation.facts and observation.facts.sole_employee():
            item["employee_id"] = employee_id
        if observation.late:
            item["late"] = True
    if violation is not None:
        pointer = f"/items/{index}{violation.pointer}"
        item |= {"code": violation.code, "pointer": pointer, "detail": violation.detail, "retryable": False}
    return item


@router.get("/observations")
async def list_observations(
    *,
    grant: ToRead,
    queries: QueriesDep,
    page: SyncParams,
    source: str | None = None,
    measure: str | None = None,
    employee_id: UUID | None = None,
    status: Status | None = None,
) -> Listed[ObservationView]:
    rows = await queries.observations(
        page, grant.reach, source=source, measure=measure, employee_id=employee_id, status=status
    )
    return listed(rows, ObservationView.model_validate)


@router.get("/observations/{observation_id}")
async def get_observation(observation_id: UUID, grant: ToRead, queries: QueriesDep) -> WholeObservationView:
    return WholeObservationView.model_validate(await queries.observation(observation_id, grant.reach))
