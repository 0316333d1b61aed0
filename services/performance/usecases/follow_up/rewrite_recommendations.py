"""HR says what reports recommend, and when."""

from collections.abc import Sequence

from services.performance.domain.reports.recommendation import Recommendation
from services.performance.domain.reports.recommendation_table import RecommendationTable
from services.performance.usecases.ports import Work
from shared.core.errors import PreconditionFailed
from shared.core.versions import require_version


async def rewrite_recommendations(
    work: Work, rules: Sequence[Recommendation], *, expected: int | None
) -> RecommendationTable:
    """Replace all rules; reports already filed keep theirs. Raises PreconditionFailed."""
    async with work() as uow:
        current = await uow.recommendations.current()
        require_version(current.sequence, expected)
        table = current.rewritten(rules, at=uow.now())
        if not await uow.recommendations.save(table):
            raise PreconditionFailed("version_changed", "Somebody has changed this since you read it; read it again.")
        await uow.commit()
    return table
