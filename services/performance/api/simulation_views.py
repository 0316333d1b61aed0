"""Simulations as they are shown."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from services.performance.api.scorecards import VerdictView
from services.performance.domain.goals.target_effect import Overrides
from shared.contracts.decimals import DecimalText
from shared.core.paging import Row
from shared.kit.http.app import View


class PersonView(View):
    scorecard_id: UUID
    employee_id: UUID
    department_id: UUID
    before: VerdictView
    after: VerdictView
    delta: DecimalText | None
    moved: bool


class MoveView(View):
    from_: str | None = Field(alias="from")
    to: str | None
    people: int


class OtherTargetView(View):
    target_id: UUID
    value: DecimalText
    overrides: Overrides = Field(default="keep", description="what would become of values set by hand below it")


class SupposedMoveView(View):
    employee_id: UUID
    department_id: UUID
    position_id: UUID
    on: date


class OtherParentView(View):
    department_id: UUID
    parent_id: UUID | None = Field(description="the department above; null at the top")


class MergerView(View):
    department_id: UUID
    merged_into: UUID
    on: date = Field(description="the first day in the other department")


class BonusBandView(View):
    grade: str
    amount: DecimalText


class CostView(View):
    before: DecimalText
    after: DecimalText
    delta: DecimalText


class GradeBesideQuotaView(View):
    grade: str
    before: int
    after: int
    required: int | None = Field(description="the quota in whole people")
    over_before: int
    over_after: int = Field(description="people too many; negative where some are missing")


class GroupBesideQuotasView(View):
    name: str
    kind: str
    department_id: UUID | None
    satisfied_before: bool | None
    satisfied_after: bool | None
    grades: list[GradeBesideQuotaView]


class SummaryView(View):
    """Over the people whose scores the caller may read."""

    people: int
    changed: int
    raised: int
    lowered: int
    promoted: int
    demoted: int
    grades: list[str] = Field(default=[], description="from the best to the worst")
    grades_before: dict[str, int]
    grades_after: dict[str, int]
    moves: list[MoveView]
    cost: CostView | None = Field(default=None, description="of the bonus bands, where they were given")
    quotas: list[GroupBesideQuotasView] = Field(
        default=[], description="the groups that the cycle's distribution shows"
    )


class SimulationSummaryView(View):
    id: UUID
    cycle_id: UUID
    scheme_id: UUID | None
    scheme_version: int | None
    effective_on: date | None = Field(description="the first day on which the version would score; null: all days")
    targets: list[OtherTargetView]
    departments: list[OtherParentView] = Field(default=[], description="that would lie elsewhere in the tree")
    mergers: list[MergerView] = Field(default=[], description="departments whose people would work in another")
    moves: list[SupposedMoveView]
    bonus_bands: list[BonusBandView]
    summary: SummaryView
    created_by: str
    created_at: datetime
    applied_by: str | None
    applied_at: datetime | None

    @classmethod
    def of_row(cls, row: Row) -> Self:
        supposed = row["supposed"]
        scheme = supposed["scheme"] or {"scheme_id": None, "version": None}
        version = {
            "scheme_id": scheme["scheme_id"],
            "scheme_version": scheme["version"],
            "effective_on": scheme.get("effective_on"),
        }
        return cls.model_validate({**row, **supposed, **version})


class SimulationView(SimulationSummaryView):
    """Targets, departments, moves, people and what they sum up to: of those whom the caller reaches."""

    people: list[PersonView]
