"""`/v1/completeness`: a source says that it has sent everything up to a day."""

from typing import Annotated, Self

from pydantic import Field

from services.connector.api.connections import TotalView
from services.connector.api.deps import WorkDep
from services.connector.api.fields import Key, MetricName
from services.connector.api.policy import POLICY
from services.connector.domain.completeness import ControlTotals
from services.connector.usecases.declare_completeness import Declaration, declare_completeness
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.days import Day
from shared.kit.http.numbers import Number

router = new_router(tag="completeness")


class NewDeclaration(Body):
    """`count` and `sum` are what the source has for the days `starts_on` to `complete_through`, both included.

    A source that has `ended` sends nothing of later days either: nobody waits for it any more.
    """

    source: Key
    measure: MetricName
    starts_on: Day
    complete_through: Day
    count: Annotated[int, Field(strict=True, ge=0, lt=2**53)] | None = None
    sum: Number | None = None
    accept_difference: bool = False
    ended: bool = False


class ExpectedView(View):
    count: int | None
    sum: Number | None


class DeclarationView(View):
    agrees: bool
    expected: ExpectedView
    received: TotalView
    counted: TotalView
    quarantined: TotalView
    dismissed: TotalView

    @classmethod
    def of(cls, declaration: Declaration, *, control: ControlTotals) -> Self:
        totals = declaration.totals
        return cls(
            agrees=declaration.agrees,
            expected=ExpectedView.model_validate(control),
            received=TotalView.model_validate(totals.received),
            counted=TotalView.model_validate(totals.counted),
            quarantined=TotalView.model_validate(totals.quarantined),
            dismissed=TotalView.model_validate(totals.dismissed),
        )


@router.post("/completeness", dependencies=[POLICY.allow("observations:write")])
async def post_completeness(body: NewDeclaration, work: WorkDep) -> DeclarationView:
    """Declare, where the control totals agree with what has arrived; else 409 says by how much they do not."""
    control = ControlTotals(body.count, body.sum)
    declaration = await declare_completeness(
        work,
        body.source,
        body.measure,
        starts_on=body.starts_on,
        complete_through=body.complete_through,
        control=control,
        accept_difference=body.accept_difference,
        ended=body.ended,
    )
    return DeclarationView.of(declaration, control=control)
