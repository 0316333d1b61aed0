"""What may be said in a record, and how a record is shown."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from services.archive.api.fields import EndsOn, Key, Name
from services.archive.api.policy import POLICY
from services.archive.domain.record import DELICATE, Entry, Measurement, PastMetric, PastPerformance, RecordKind
from shared.core.access import Grant
from shared.kit.http.app import Body, View
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number


class MeasurementModel(Body):
    measure: Key
    value: Number


class PastMetricModel(Body):
    metric: Key
    target: Number | None = None
    actual: Number | None = None


def _measures_once(measurements: list[MeasurementModel]) -> list[MeasurementModel]:
    if len({each.measure for each in measurements}) < len(measurements):
        raise PydanticCustomError("measure_repeated", "Name each measure once.")
    return measurements


def _metrics_once(metrics: list[PastMetricModel]) -> list[PastMetricModel]:
    if len({each.metric for each in metrics}) < len(metrics):
        raise PydanticCustomError("metric_repeated", "Name each metric once.")
    return metrics


class PastPerformanceModel(Body):
    starts_on: Annotated[Day, Field(examples=["2024-01-01"])]
    ends_on: Annotated[EndsOn, Field(examples=["2024-07-01"])]
    metrics: Annotated[list[PastMetricModel], Field(max_length=200), AfterValidator(_metrics_once)] = Field(
        default_factory=list
    )
    total: Number | None = None
    grade: Annotated[str, Field(min_length=1, max_length=50)] | None = None

    def past(self) -> PastPerformance:
        metrics = tuple(PastMetric(each.metric, each.target, each.actual) for each in self.metrics)
        return PastPerformance(self.starts_on, self.ends_on, metrics, self.total, self.grade)


def _fits_kind(performance: PastPerformanceModel | None, info: ValidationInfo) -> PastPerformanceModel | None:
    kind = info.data.get("kind")
    if kind == "performance" and performance is None:
        raise PydanticCustomError("performance_required", "A record of this kind says what was reached, and when.")
    if kind not in {"performance", None} and performance is not None:
        raise PydanticCustomError("performance_unexpected", "Only a record of the kind `performance` carries this.")
    return performance


class NewRecord(Body):
    kind: Annotated[RecordKind, Field(examples=["performance"])]
    occurred_on: Day
    title: Name
    note: Annotated[str, Field(min_length=1, max_length=10_000)] | None = None
    measurements: Annotated[list[MeasurementModel], Field(max_length=100), AfterValidator(_measures_once)] = Field(
        default_factory=list
    )
    performance: Annotated[PastPerformanceModel | None, Field(validate_default=True), AfterValidator(_fits_kind)] = None
    remote_id: (
        Annotated[
            str, Field(min_length=1, max_length=200, description="unique in the tenant; the same again is a duplicate")
        ]
        | None
    ) = None

    def entry(self, employee_id: UUID) -> Entry:
        return Entry(
            employee_id=employee_id,
            kind=self.kind,
            occurred_on=self.occurred_on,
            title=self.title,
            note=self.note,
            measurements=tuple(Measurement(each.measure, each.value) for each in self.measurements),
            performance=self.performance.past() if self.performance else None,
            remote_id=self.remote_id,
        )


class NewBatchRecord(NewRecord):
    employee_id: UUID


class MeasurementView(View):
    measure: str
    value: Number


class PastMetricView(View):
    metric: str
    target: Number | None
    actual: Number | None


class PastComputedView(View):
    total: Number | None
    grade: str | None


class PastPerformanceView(View):
    """Not bound by what a caller may send: scorecards name their metrics themselves."""

    starts_on: date
    ends_on: date
    metrics: list[PastMetricView]
    total: Number | None
    grade: str | None
    computed: PastComputedView | None = Field(description="without the calibration; null where there was none")


class RecordView(View):
    id: UUID
    employee_id: UUID
    kind: RecordKind
    occurred_on: date
    title: str
    note: str | None = Field(description="null as well for who may not read it")
    measurements: list[MeasurementView]
    performance: PastPerformanceView | None
    remote_id: str | None
    scorecard_id: UUID | None
    created_at: datetime
    updated_at: datetime
    sequence: int

    def as_seen(self, grant: Grant) -> Self:
        hidden = self.kind in DELICATE and POLICY.hides(grant, "discipline")
        return self.model_copy(update={"note": None}) if hidden else self
