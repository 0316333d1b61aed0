"""`…/items/{key}/curve`, `/v1/metrics/{id}/curves`: how actuals turn into points, as pieces and as a picture."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.performance.api.deps import WorkDep
from services.performance.api.policy import POLICY
from services.performance.api.scorecards import AsOf
from services.performance.usecases.explaining.show_curve import (
    list_metric_curves,
    show_scheme_curve,
    show_scorecard_curve,
)
from shared.core.access import Grant
from shared.kit.http.app import View, new_router
from shared.kit.http.numbers import Number
from shared.kit.http.paging import Listed, PageParams, listed

router = new_router(tag="curves")
ItemKey = Annotated[str, Path(min_length=1, max_length=200)]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]


class PieceView(View):
    """Part of a curve: the points of actuals from `from` to `to`, by `formula` with the numbers in `terms`."""

    name: str
    shape: Literal["constant", "slope", "hyperbola"]
    formula: str
    terms: dict[str, str]
    begins_at: str | None = Field(validation_alias="from", serialization_alias="from")
    ends_at: str | None = Field(validation_alias="to", serialization_alias="to")
    quantise: Literal["floor", "ceil", "exact"] | None = None


class PointView(View):
    actual: str
    piece: str
    points: str = Field(description="in the rule's own points, between floor and cap")


class CurveView(View):
    """Numbers are exact: decimals, or `n/d` where a decimal has no end."""

    item: str
    metric: str
    rule: str
    direction: Literal["higher", "lower"] = Field(description="where more points lie")
    full_mark: str
    floor: str
    cap: str
    target: str | None = Field(description="as far as it is asked for in these days; null where the rule needs none")
    pieces: list[PieceView]
    point: PointView | None = Field(description="where the actual is known")
    svg: str = Field(description="a drawing that takes the colour of the text around it")

    @classmethod
    def of(cls, document: Any) -> "CurveView":  # noqa: ANN401 -- what the domain describes
        return cls.model_validate(document)


class UndefinedView(View):
    code: str
    detail: str


class UseOfMetricView(View):
    item: str
    name: str
    role: Literal["weighted", "bonus", "penalty", "veto"]
    weight: int = Field(description="basis points; 0 of what is not weighted")
    curve: CurveView | None = None
    undefined: UndefinedView | None = Field(default=None, description="why there is no curve for this target or actual")


class SchemeOfMetricView(View):
    """A scheme in force that counts the metric; `version` is the one published last."""

    scheme_id: UUID
    scheme: str = Field(validation_alias="name")
    version: int = Field(validation_alias="number")
    uses: list[UseOfMetricView]


Target = Annotated[Number | None, Query(description="instead of the item's default one")]
Tried = Annotated[Number | None, Query(description="one to try: the point it would give")]


@router.get("/schemes/{scheme_id}/versions/{version}/items/{key}/curve", dependencies=[POLICY.allow("schemes:read")])
async def get_scheme_curve(
    scheme_id: UUID,
    version: Version,
    key: ItemKey,
    work: WorkDep,
    *,
    target: Target = None,
    actual: Tried = None,
) -> CurveView:
    return CurveView.of(await show_scheme_curve(work, scheme_id, version, key, target=target, actual=actual))


@router.get("/metrics/{metric_id}/curves", dependencies=[POLICY.allow("schemes:read")])
async def list_curves_of_metric(
    metric_id: UUID, work: WorkDep, page: PageParams, *, target: Target = None, actual: Tried = None
) -> Listed[SchemeOfMetricView]:
    found = await list_metric_curves(work, metric_id, page, target=target, actual=actual)
    return listed(found, SchemeOfMetricView.model_validate)


@router.get("/scorecards/{scorecard_id}/items/{key}/curve")
async def get_scorecard_curve(
    scorecard_id: UUID,
    key: ItemKey,
    grant: Annotated[Grant, POLICY.allow("scores:read")],
    work: WorkDep,
    *,
    segment: Annotated[int, Query(ge=0, le=1000, description="which of the scorecard's segments, from 0")] = 0,
    as_of: AsOf = None,
) -> CurveView:
    curve = await show_scorecard_curve(work, grant.reach, scorecard_id, key, segment=segment, as_of=as_of)
    return CurveView.of(curve)
