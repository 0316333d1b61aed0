"""`/v1/recommendations`: which trainings reports recommend, and when; HR's own table or the default."""

from datetime import datetime
from typing import Any, Self

from fastapi import Response
from pydantic import Field

from services.performance.api.deps import QueriesDep, WorkDep
from services.performance.api.policy import POLICY
from services.performance.domain.reports.recommendation import recommendations_from_document
from services.performance.domain.reports.recommendation_table import RecommendationTable
from services.performance.usecases.follow_up.rewrite_recommendations import rewrite_recommendations
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="recommendations")


class Recommendations(Body):
    """Rules: `{key, when: [{metric, is}], competency, training: {key, name}, reason}`, texts in `zh` and `en`."""

    rules: list[dict[str, Any]] = Field(max_length=200)


class RecommendationsView(View):
    rules: list[dict[str, Any]]
    sequence: int
    updated_at: datetime | None

    @classmethod
    def of(cls, table: RecommendationTable) -> Self:
        rules = [rule.to_document() for rule in table.rules]
        return cls(rules=rules, sequence=table.sequence, updated_at=table.updated_at)


@router.get("/recommendations", dependencies=[POLICY.allow("recommendations:read")])
async def get_recommendations(response: Response, queries: QueriesDep) -> RecommendationsView:
    table = await queries.recommendations()
    return tagged(response, RecommendationsView.of(table))


@router.put("/recommendations", dependencies=[POLICY.allow("recommendations:write")])
async def put_recommendations(
    body: Recommendations, response: Response, work: WorkDep, expected: ExpectedVersion
) -> RecommendationsView:
    rules = recommendations_from_document({"rules": body.rules})
    table = await rewrite_recommendations(work, rules, expected=expected)
    return tagged(response, RecommendationsView.of(table))
