"""Tell employees that somebody has given them feedback."""

from collections.abc import Sequence

from services.notifier.domain.templates import ABSENT
from services.notifier.usecases.compose_notification import compose_notification
from services.notifier.usecases.ports import Work
from shared.contracts.procedure import FeedbackGiven


async def tell_of_feedback(work: Work, given: Sequence[FeedbackGiven]) -> None:
    """Tell each employee who has given feedback; its words are read where they are kept."""
    async with work() as uow:
        authors = await uow.org.employee_names({feedback.author_id for feedback in given})
        await uow.notifications.put(
            [
                compose_notification(
                    uow,
                    feedback.employee_id,
                    "feedback.given",
                    about=feedback.subject,
                    key=feedback.subject,
                    link=f"/v1/scorecards/{feedback.scorecard_id}",
                    author=authors.get(feedback.author_id, ABSENT),
                )
                for feedback in given
            ],
        )
        await uow.commit()
