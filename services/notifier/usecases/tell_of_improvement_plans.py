"""Tell heads of improvement plans to read, and employees that theirs is accepted."""

from collections.abc import Sequence
from uuid import UUID

from services.notifier.domain.leaders import Leaders
from services.notifier.domain.notification import Notification
from services.notifier.domain.templates import ABSENT
from services.notifier.usecases.compose_notification import compose_notification
from services.notifier.usecases.ports import UnitOfWork, Work
from shared.contracts.procedure import ImprovementPlanChanged


async def tell_of_improvement_plans(work: Work, changes: Sequence[ImprovementPlanChanged]) -> None:
    """Tell the other side of each step."""
    async with work() as uow:
        await uow.notifications.put(await _compose(uow, changes))
        await uow.commit()


async def _compose(uow: UnitOfWork, changes: Sequence[ImprovementPlanChanged]) -> list[Notification]:
    departments = {change.department_id for change in changes}
    leaders = await uow.org.leaders(departments, on=uow.today())
    names = await uow.org.department_names(departments)
    people = await uow.org.employee_names({change.employee_id for change in changes})
    return [
        compose_notification(
            uow,
            reader,
            f"improvement_plan.{change.state}",
            about=change.subject,
            key=f"{change.subject}/{change.sequence}",
            link=f"/v1/scorecards/{change.scorecard_id}",
            employee=people.get(change.employee_id, ABSENT),
            department=names.get(change.department_id, ABSENT),
        )
        for change in changes
        for reader in sorted(_readers(change, leaders))
    ]


def _readers(change: ImprovementPlanChanged, leaders: Leaders) -> frozenset[UUID]:
    """Give the employee for an acceptance, else who leads the department besides."""
    if change.state == "accepted":
        return frozenset({change.employee_id})
    return leaders.of(change.department_id, but=change.employee_id)
