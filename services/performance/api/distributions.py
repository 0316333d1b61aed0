"""`/v1/cycles/{id}/distribution`: how grades lie beside their quotas, and what grades by rank would be."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.performance.api.deps import WorkDep
from services.performance.api.distribution_policies import QuotaView
from services.performance.api.policy import POLICY
from services.performance.domain.calibration.distribution import Boundary, GroupReport, Ranked
from services.performance.domain.calibration.policy import PopulationKind
from services.performance.usecases.calibration.show_distribution import show_distribution
from shared.contracts.decimals import DecimalText
from shared.core.access import Grant
from shared.kit.http.app import View, new_router

router = new_router(tag="distributions")


class GradeCountView(View):
    grade: str
    computed: int = Field(description="people by computed grade")
    people: int = Field(description="people by the grade in force, calibrated ones included")
    proposed: int | None = Field(description="people by rank; null where there is no proposal")
    quota: QuotaView | None
    required: int | None = Field(description="the quota in whole people; null where none applies")
    over: int = Field(description="people too many, negative where too few")


class RankedView(View):
    scorecard_id: UUID
    employee_id: UUID
    total: DecimalText | None
    grade: str | None = Field(description="as computed")
    proposed: list[str] = Field(description="by rank; several where people are tied and somebody has to decide")

    @classmethod
    def of(cls, ranked: Ranked) -> Self:
        person = ranked.standing
        return cls(
            scorecard_id=person.scorecard_id,
            employee_id=person.employee_id,
            total=person.computed.total,
            grade=person.computed.grade,
            proposed=list(ranked.grades),
        )


class BoundaryView(View):
    """Where a better grade ends and a worse one begins, with the people on both sides and all who are tied there."""

    better: str
    worse: str
    people: list[RankedView]

    @classmethod
    def of(cls, boundary: Boundary) -> Self:
        people = [RankedView.of(ranked) for ranked in boundary.people]
        return cls(better=boundary.better, worse=boundary.worse, people=people)


class GroupCountsView(View):
    """One group: how many people have which grade, and how many should."""

    name: str
    kind: PopulationKind
    department_id: UUID | None = Field(description="null for the whole company")
    graded: int
    ungraded: int = Field(description="people without a grade, or with one that is not on the scale: not counted")
    minimum_size: int
    applies: bool = Field(description="whether the group is large enough for its quotas")
    satisfied: bool | None
    possible: bool | None = Field(description="whether any grading of these people meets the quotas")
    grades: list[GradeCountView]


class GroupView(GroupCountsView):
    moves: list[RankedView] = Field(description="whose grade by rank is another than the computed one")
    boundaries: list[BoundaryView]

    @classmethod
    def of(cls, group: GroupReport) -> Self:
        counts = GroupCountsView.model_validate(group).model_dump()
        moves = [RankedView.of(ranked) for ranked in group.moves]
        return cls(**counts, moves=moves, boundaries=[BoundaryView.of(each) for each in group.boundaries])


class DistributionView(View):
    """The groups of which the caller reaches everybody."""

    cycle_id: UUID
    populations: list[GroupView]


@router.get("/cycles/{cycle_id}/distribution")
async def get_cycle_distribution(
    cycle_id: UUID, grant: Annotated[Grant, POLICY.allow("distributions:read")], work: WorkDep
) -> DistributionView:
    groups = await show_distribution(work, grant, cycle_id)
    return DistributionView(cycle_id=cycle_id, populations=[GroupView.of(group) for group in groups])
