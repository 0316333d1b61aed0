"""What is recommended: HR's own rules, or these until HR writes some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.performance.domain.reports.recommendation import Recommendation, Training, When
from services.performance.domain.texts import Texts

DEFAULT_RECOMMENDATIONS = (
    Recommendation(
        key="sales_reached_conversion_low",
        when=(When("sales*", "reached"), When("conversion*", "low")),
        competency="customer_relationship",
        training=Training("customer_relationship", Texts("客户关系管理培训", "Customer relationship management")),
        reason=Texts(
            "销售目标已达成，但转化率偏低：线索没有得到充分跟进。",
            "The sales target is reached, but conversion is low: leads are not followed up enough.",
        ),
    ),
    Recommendation(
        key="teamwork_low",
        when=(When("teamwork*", "low"),),
        competency="teamwork",
        training=Training("team_collaboration", Texts("团队协作培训", "Team collaboration")),
        reason=Texts("同事对协作的评价偏低。", "Colleagues rate the collaboration low."),
    ),
)


@dataclass(frozen=True, slots=True)
class RecommendationTable:
    """A company's rules, from the first that was written on; `sequence` 0 stands for the default."""

    rules: tuple[Recommendation, ...] = DEFAULT_RECOMMENDATIONS
    sequence: int = 0
    updated_at: datetime | None = None

    def rewritten(self, rules: Sequence[Recommendation], *, at: datetime) -> "RecommendationTable":
        return RecommendationTable(tuple(rules), self.sequence + 1, at)
