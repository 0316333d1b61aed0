"""Tell people that their published result was revised, and why."""

from collections.abc import Sequence

from services.notifier.domain.templates import ABSENT
from services.notifier.usecases.compose_notification import compose_notification, shown_grade, shown_total
from services.notifier.usecases.ports import Work
from shared.contracts.scores import ScoreRevised


async def tell_of_revisions(work: Work, revised: Sequence[ScoreRevised]) -> None:
    """Tell each person the result before and after, and the reason that was given."""
    async with work() as uow:
        cycles = await uow.cycles.names({score.cycle_id for score in revised})
        await uow.notifications.put(
            [
                compose_notification(
                    uow,
                    score.employee_id,
                    "score.revised",
                    about=score.subject,
                    key=f"{score.subject}/revised/{score.sequence}",
                    cycle=cycles.get(score.cycle_id, ABSENT),
                    previous=shown_total(score.previous_total),
                    previous_grade=shown_grade(score.previous_grade),
                    total=shown_total(score.total),
                    grade=shown_grade(score.grade),
                    reason=score.reason,
                )
                for score in revised
            ],
        )
        await uow.commit()
