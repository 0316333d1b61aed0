"""`/v1/metrics`: what is counted, over which measures."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.catalogue import DefinedMetric
from services.performance.domain.schemes.currency import Conversion
from services.performance.domain.schemes.freshness import StalePolicy
from services.performance.domain.schemes.metric import Aggregation, Credit, Level, MissingPolicy
from services.performance.usecases.catalogue.define_metric import define_metric
from services.performance.usecases.catalogue.redefine_metric import redefine_metric
from shared.core.paging import Row
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, SyncParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="metrics")
Text = Annotated[str, Field(min_length=1, max_length=200)]
Filters = dict[str, list[str]]


class MissingModel(Body):
    policy: MissingPolicy
    limit: int | None = Field(default=None, description="basis points of weight that may be taken out")


class CurrencyModel(Body):
    """What amounts are counted in, and by which day's exchange rate others are converted."""

    code: str = Field(description="ISO 4217, such as CNY")
    conversion: Conversion | None = Field(
        default=None, description="by each amount's business date (default), or by the cycle's first day"
    )


class FreshnessModel(Body):
    """How old the newest data of its sources may be, and whether scores wait for older ones or only show it."""

    max_age_workdays: int
    policy: StalePolicy | None = None
    sources: dict[str, int] | None = Field(
        default=None, description="by key of a connection, where something else is expected of it"
    )


class SideModel(Body):
    """Numerator or denominator of a ratio."""

    measure: Text
    aggregation: Literal["sum", "count"]
    filters: Filters | None = None
    credit: Credit | None = None
    currency: CurrencyModel | None = None


class _MetricFields(Body):
    unit: Text | None = None
    measure: Text | None = None
    filters: Filters | None = Field(default=None, description="dimension to the values that count")
    credit: Credit | None = None
    distinct_by: Text | None = None
    currency: CurrencyModel | None = None
    numerator: SideModel | None = None
    denominator: SideModel | None = None
    missing: MissingModel | None = None
    freshness: FreshnessModel | None = None
    level: Level | None = Field(default=None, description="whose observations count for a person")


class NewMetric(_MetricFields):
    """A metric over one `measure`, or a `ratio` with `numerator` and `denominator`."""

    key: Text
    name: Text
    unit: Text
    direction: Literal["higher", "lower"]
    aggregation: Aggregation


class MetricPatch(_MetricFields):
    """A merge patch: null takes a field away."""

    key: Text | None = None
    name: Text | None = None
    direction: Literal["higher", "lower"] | None = None
    aggregation: Aggregation | None = None


class MetricView(View):
    id: UUID
    key: str
    name: str
    unit: str
    direction: str
    aggregation: str
    measure: str | None = None
    filters: Filters | None = None
    credit: str | None = None
    distinct_by: str | None = None
    currency: CurrencyModel | None = None
    numerator: SideModel | None = None
    denominator: SideModel | None = None
    missing: MissingModel
    freshness: FreshnessModel | None = None
    level: Level
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of_row(cls, row: Row) -> Self:
        return cls.model_validate({**row, **row["document"]})

    @classmethod
    def of(cls, defined: DefinedMetric) -> Self:
        stamps = {"sequence": defined.sequence, "created_at": defined.created_at, "updated_at": defined.updated_at}
        return cls.of_row({"id": defined.id, "document": defined.metric.to_document(), **stamps})


@router.get("/metrics", dependencies=[POLICY.allow("metrics:read")])
async def list_metrics(queries: QueriesDep, page: SyncParams) -> Listed[MetricView]:
    return listed(await queries.metrics(page), MetricView.of_row)


@router.get("/metrics/{metric_id}", dependencies=[POLICY.allow("metrics:read")])
async def get_metric(metric_id: UUID, response: Response, queries: QueriesDep) -> MetricView:
    row = await queries.metric(metric_id)
    return tagged(response, MetricView.of_row(row))


@router.post("/metrics", status_code=201, dependencies=[POLICY.allow("metrics:write")])
async def post_metric(body: NewMetric, response: Response, work: WorkDep) -> MetricView:
    return tagged(response, MetricView.of(await define_metric(work, body.model_dump(exclude_none=True))))


@router.patch("/metrics/{metric_id}", dependencies=[POLICY.allow("metrics:write")])
async def patch_metric(
    metric_id: UUID, body: MetricPatch, response: Response, work: WorkDep, expected: ExpectedVersion
) -> MetricView:
    patch = body.model_dump(exclude_unset=True)
    return tagged(response, MetricView.of(await redefine_metric(work, metric_id, patch, expected=expected)))
