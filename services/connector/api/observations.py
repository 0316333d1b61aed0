"""`/v1/observations`: batches in, one fate an item; and what became of each."""

from collections import Counter
from datetime import date, datetime
from typing import Annotated, Any, Self, get_args
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.connector.api.deps import QueriesDep, WorkDep
from services.connector.api.fields import Key
from services.connector.api.observation_items import ReceivedItem
from services.connector.api.policy import POLICY
from services.connector.domain.observation import Arrival, Fate, FateStatus, Status
from services.connector.usecases.record_observations import record_observations
from shared.core.access import Grant
from shared.core.errors import TooLarge
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, PageParams, listed

router = new_router(tag="observations")
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

    @classmethod
    def of(cls, fate: Fate, *, index: int, remote_id: str | None) -> Self:
        observation, violation = fate.observation, fate.violation
        subjects = list(observation.facts.parts()) if observation and observation.facts else []
        only = subjects[0] if len(subjects) == 1 else None
        return cls(
            index=index,
            id=remote_id,
            status=fate.status,
            observation_id=observation.id if observation else None,
            employee_id=only.id if only and only.kind == "employee" else None,
            late=True if observation and observation.late else None,
            code=violation.code if violation else None,
            pointer=f"/items/{index}{violation.pointer}" if violation else None,
            detail=violation.detail if violation else None,
            retryable=False if violation else None,
        )


class BatchAnswer(View):
    batch_id: UUID
    summary: dict[FateStatus, int]
    items: list[ItemAnswer]


class CreditView(View):
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
    payload: dict[str, Any]
    decided_at: datetime


class WholeObservationView(ObservationView):
    payload: dict[str, Any]
    """The newest message as it was sent."""
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
    answer = BatchAnswer(
        batch_id=batch.id,
        summary=dict.fromkeys(get_args(FateStatus), 0) | Counter(fate.status for fate in fates),
        items=[
            ItemAnswer.of(fate, index=index, remote_id=item.remote_id)
            for index, (item, fate) in enumerate(zip(body.items, fates, strict=True))
        ],
    )
    all_well = len({fate.status for fate in fates}) == 1 and fates[0].status not in {"quarantined", "rejected"}
    return Response(answer.model_dump_json(exclude_none=True), 200 if all_well else 207, media_type="application/json")


@router.get("/observations")
async def list_observations(
    *,
    grant: ToRead,
    queries: QueriesDep,
    page: PageParams,
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
