"""`/v1/cycles/{id}/distribution-policy`: the quotas that a cycle's grades are held to."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.calibration.policy import DEFAULT_SCALE, DistributionPolicy, PopulationKind, Ties
from services.performance.domain.calibration.quotas import WHOLE, QuotaKind, Remainder
from services.performance.usecases.calibration.write_distribution_policy import write_distribution_policy
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="distributions")


class QuotaModel(Body):
    grade: str = Field(min_length=1, max_length=200)
    kind: QuotaKind
    share: int = Field(ge=0, le=WHOLE, description="of the group's graded people, in basis points")


class PopulationModel(Body):
    """A named population: `company`, `department` (with what is below it), or each department of a `level`."""

    name: str = Field(min_length=1, max_length=200)
    kind: PopulationKind
    department_id: UUID | None = None
    level: int | None = Field(default=None, ge=1, le=50, description="1 is the top of the tree")
    minimum_size: int = Field(
        default=0, ge=0, le=1_000_000, description="groups with fewer graded people are held to nothing"
    )
    quotas: list[QuotaModel] = Field(min_length=1, max_length=50)


class NewDistributionPolicy(Body):
    grades: list[str] = Field(
        default=list(DEFAULT_SCALE), min_length=1, max_length=50, description="what is counted, from the best grade on"
    )
    remainder: Remainder = Field(default="largest_remainder", description="how fractions of people become whole")
    ties: Ties = Field(default="flag", description="what becomes of equals where a grade ends")
    populations: list[PopulationModel] = Field(max_length=100, description="empty: nothing is forced")


class QuotaView(View):
    grade: str
    kind: QuotaKind
    share: int


class PopulationView(View):
    name: str
    kind: PopulationKind
    department_id: UUID | None
    level: int | None
    minimum_size: int
    quotas: list[QuotaView]


class DistributionPolicyView(View):
    """`sequence` 0 and no populations where nobody has said anything."""

    grades: list[str]
    remainder: Remainder
    ties: Ties
    populations: list[PopulationView]
    sequence: int
    updated_at: datetime | None

    @classmethod
    def of(cls, policy: DistributionPolicy) -> Self:
        stamps = {"sequence": policy.sequence, "updated_at": policy.updated_at}
        return cls.model_validate({**policy.to_document(), **stamps})


@router.get("/cycles/{cycle_id}/distribution-policy", dependencies=[POLICY.allow("distribution_policies:read")])
async def get_cycle_distribution_policy(
    cycle_id: UUID, response: Response, queries: QueriesDep
) -> DistributionPolicyView:
    return tagged(response, DistributionPolicyView.of(await queries.distribution_policy(cycle_id)))


@router.put("/cycles/{cycle_id}/distribution-policy", dependencies=[POLICY.allow("distribution_policies:write")])
async def put_cycle_distribution_policy(
    cycle_id: UUID, body: NewDistributionPolicy, response: Response, work: WorkDep, expected: ExpectedVersion
) -> DistributionPolicyView:
    policy = DistributionPolicy.of_document(body.model_dump())
    written = await write_distribution_policy(work, cycle_id, policy, expected=expected)
    return tagged(response, DistributionPolicyView.of(written))
