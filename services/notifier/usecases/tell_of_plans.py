"""Tell heads what became of their department's plan, and superiors what waits for them."""

from collections.abc import Sequence
from uuid import UUID

from services.notifier.domain.leaders import Leaders
from services.notifier.domain.notification import Notification
from services.notifier.domain.plan import Plan
from services.notifier.domain.templates import ABSENT, TEMPLATES
from services.notifier.usecases.compose_notification import compose_notification
from services.notifier.usecases.ports import UnitOfWork, Work
from shared.contracts.procedure import PlanChanged


async def tell_of_plans(work: Work, changes: Sequence[PlanChanged]) -> None:
    """Keep each plan's newest state, and tell of every step that was news."""
    async with work() as uow:
        news = await uow.plans.keep([_plan(change) for change in changes])
        told = [change for change in changes if change.plan_id in news and _kind(change) in TEMPLATES]
        await uow.notifications.put(await _compose(uow, told))
        await uow.commit()


async def _compose(uow: UnitOfWork, changes: Sequence[PlanChanged]) -> list[Notification]:
    departments = {change.department_id for change in changes}
    leaders = await uow.org.leaders(departments, on=uow.today())
    names = await uow.org.department_names(departments)
    cycles = await uow.cycles.names({change.cycle_id for change in changes})
    return [
        compose_notification(
            uow,
            reader,
            _kind(change),
            about=change.subject,
            key=f"{change.subject}/{change.sequence}",
            department=names.get(change.department_id, ABSENT),
            cycle=cycles.get(change.cycle_id, ABSENT),
            comment=change.comment or ABSENT,
        )
        for change in changes
        for reader in sorted(_readers(change, leaders))
    ]


def _readers(change: PlanChanged, leaders: Leaders) -> frozenset[UUID]:
    """Give of a submission who leads above, who may decide and who submitted, else who leads the department."""
    if change.state != "submitted":
        return leaders.of(change.department_id)
    above = leaders.above(change.department_id, but=change.actor_id)
    concerned = above | leaders.general_managers(change.department_id)
    return concerned | ({change.actor_id} if change.actor_id else frozenset())


def _kind(change: PlanChanged) -> str:
    return f"plan.{change.state}"


def _plan(change: PlanChanged) -> Plan:
    return Plan(
        id=change.plan_id,
        sequence=change.sequence,
        department_id=change.department_id,
        cycle_id=change.cycle_id,
        state=change.state,
        due_on=change.due_on,
    )
