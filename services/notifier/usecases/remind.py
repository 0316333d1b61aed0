"""Remind those who must act of a task that is due."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.notifier.domain.notification import Notification
from services.notifier.domain.plan import Plan
from services.notifier.domain.reminder import reminds
from services.notifier.domain.templates import ABSENT, TEMPLATES
from services.notifier.usecases.compose_notification import compose_notification
from services.notifier.usecases.ports import UnitOfWork, Work
from shared.contracts.procedure import TaskDue

_PLANS = "plans/"


async def remind(work: Work, tasks: Sequence[TaskDue]) -> None:
    """Remind who leads the department once a day, where the task's rule says so and the task is still open."""
    async with work() as uow:
        plans = await uow.plans.by_id({plan_id for task in tasks if (plan_id := _plan_id(task))})
        await uow.notifications.put(await _compose(uow, await _still_due(uow, tasks, plans), plans))
        await uow.commit()


async def _compose(uow: UnitOfWork, due: Sequence[TaskDue], plans: Mapping[UUID, Plan]) -> list[Notification]:
    leaders = await uow.org.leaders({task.department_id for task in due}, on=uow.today())
    names = await uow.org.department_names({plan.department_id for plan in plans.values()})
    cycles = await uow.cycles.names({task.cycle_id for task in due})
    return [
        compose_notification(
            uow,
            head,
            _kind(task),
            about=task.about,
            key=f"{task.task}/{task.about}/{task.day}",
            department=names.get(plan.department_id, ABSENT) if (plan := _plan(task, plans)) else ABSENT,
            cycle=cycles.get(task.cycle_id, ABSENT),
            due_on=task.due_on.isoformat(),
        )
        for task in due
        for head in sorted(leaders.of(task.department_id))
    ]


async def _still_due(uow: UnitOfWork, tasks: Sequence[TaskDue], plans: Mapping[UUID, Plan]) -> list[TaskDue]:
    rules = {rule.task: rule for rule in await uow.reminder_rules.all()}
    return [
        task
        for task in tasks
        if _kind(task) in TEMPLATES
        and reminds(rules.get(task.task), task.day, due_on=task.due_on)
        and _open(_plan(task, plans))
    ]


def _open(plan: Plan | None) -> bool:
    """Tell whether there is still something to do; for a plan not heard of yet, the event itself is the witness."""
    return plan is None or plan.unsubmitted


def _plan(task: TaskDue, plans: Mapping[UUID, Plan]) -> Plan | None:
    plan_id = _plan_id(task)
    return plans.get(plan_id) if plan_id else None


def _plan_id(task: TaskDue) -> UUID | None:
    return UUID(task.about.removeprefix(_PLANS)) if task.about.startswith(_PLANS) else None


def _kind(task: TaskDue) -> str:
    return f"task.{task.task}"
