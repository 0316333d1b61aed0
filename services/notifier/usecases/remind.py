"""Remind those who must act of a task that is due."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.notifier.domain.plan import Plan
from services.notifier.domain.reminder import reminds
from services.notifier.domain.templates import TEMPLATES
from services.notifier.usecases.compose_notification import compose_notification
from services.notifier.usecases.ports import UnitOfWork, Work
from shared.contracts.procedure import TaskDue

_PLANS = "plans/"


async def remind(work: Work, tasks: Sequence[TaskDue]) -> None:
    """Remind the head and acting head once a day, where the task's rule says so and the task is still open."""
    async with work() as uow:
        due = await _still_due(uow, tasks)
        heads = await uow.org.heads({task.department_id for task in due}, on=uow.today())
        await uow.notifications.put(
            [
                compose_notification(
                    uow, head, _kind(task), about=task.about, key=f"{task.task}/{task.about}/{task.day}"
                )
                for task in due
                for head in sorted(heads.get(task.department_id, frozenset()))
            ],
        )
        await uow.commit()


async def _still_due(uow: UnitOfWork, tasks: Sequence[TaskDue]) -> list[TaskDue]:
    rules = {rule.task: rule for rule in await uow.reminder_rules.all()}
    plans = await uow.plans.by_id({plan_id for task in tasks if (plan_id := _plan_id(task))})
    return [
        task
        for task in tasks
        if _kind(task) in TEMPLATES
        and reminds(rules.get(task.task), task.day, due_on=task.due_on)
        and _open(task, plans)
    ]


def _open(task: TaskDue, plans: Mapping[UUID, Plan]) -> bool:
    """Tell whether there is still something to do; for a plan not heard of yet, the event itself is the witness."""
    plan_id = _plan_id(task)
    plan = plans.get(plan_id) if plan_id else None
    return plan is None or plan.unsubmitted


def _plan_id(task: TaskDue) -> UUID | None:
    return UUID(task.about.removeprefix(_PLANS)) if task.about.startswith(_PLANS) else None


def _kind(task: TaskDue) -> str:
    return f"task.{task.task}"
