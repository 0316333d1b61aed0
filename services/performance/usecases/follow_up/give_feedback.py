"""A head tells somebody what stands behind a result and what comes next."""

from uuid import UUID

from services.performance.domain.reports.improvement import Feedback
from services.performance.usecases.ports import Work
from shared.contracts.procedure import FeedbackGiven
from shared.core.access import Grant
from shared.core.separation import refuse_own


async def give_feedback(work: Work, grant: Grant, *, scorecard_id: UUID, text: str) -> Feedback:
    """Raise NotFound for a scorecard out of reach, Forbidden (`separation_of_duties`) for the caller's own."""
    author_id = grant.principal.as_employee()
    async with work() as uow:
        scorecard = await uow.scorecards.get(scorecard_id)
        scorecard.refuse_beyond(grant.reach, tree=await uow.org.tree(), day=uow.today())
        refuse_own(author_id, scorecard.employee_id)
        given = Feedback(
            id=uow.new_id(),
            scorecard_id=scorecard_id,
            employee_id=scorecard.employee_id,
            department_id=scorecard.department_id,
            author_id=author_id,
            text=text,
            created_at=uow.now(),
        )
        await uow.feedback.add(given)
        uow.publish(
            FeedbackGiven(
                feedback_id=given.id, scorecard_id=scorecard_id, employee_id=given.employee_id, author_id=author_id
            )
        )
        await uow.commit()
    return given
